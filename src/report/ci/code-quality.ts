import { createHash } from 'node:crypto';
import { plain } from '../text.ts';
import { findingsOf } from './findings.ts';
import { inertJson } from './inert-json.ts';
import type { Finding } from './findings.ts';
import type { Reporter } from '../reporter.ts';

/**
 * GitLab's code quality report: what does not pass, at the target's line in the scenario file, in the merge request's
 * widget and diff. A fingerprint stays the same while the finding does, whatever was measured.
 * (docs.gitlab.com, "Code Quality", report format)
 */
export const codeQuality: Reporter = (document, { sourcePath = (file: string): string => file }) =>
  inertJson(
    findingsOf(document).flatMap((finding) => {
      const path = finding.file === null ? null : sourcePath(finding.file);
      // an entry without a file is refused by GitLab; the JUnit report has those, too
      return path === null ? [] : [entry(finding, plain(path))];
    }),
  );

function entry(finding: Finding, path: string): object {
  const { kind, scenario, message, line, subject } = finding;
  return {
    description: `${scenario}: ${kind}: ${message}`,
    check_name: `perfkit ${kind}`,
    fingerprint: createHash('sha256')
      .update(JSON.stringify([path, scenario, kind, subject]))
      .digest('hex')
      .slice(0, 32),
    severity: severities[finding.level],
    location: { path, lines: { begin: line ?? 1 } },
  };
}

const severities = { error: 'major', warning: 'minor' } as const satisfies Record<Finding['level'], string>;
