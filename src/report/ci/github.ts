import { plain } from '../text.ts';
import { findingsOf } from './findings.ts';
import type { Finding } from './findings.ts';
import type { Reporter } from '../reporter.ts';

/**
 * GitHub's workflow commands: what a step prints becomes annotations of the run and of the pull request, at the target's
 * line in the scenario file. At most ten errors and ten warnings, which is what GitHub keeps of a step; worst first.
 * Nothing when all is well. (docs.github.com, "Workflow commands for GitHub Actions"; actions/toolkit, command.ts)
 */
export const github: Reporter = (document, { sourcePath }) => annotationsOf(findingsOf(document), sourcePath);

/** The workflow commands of findings, which come worst first. */
export function annotationsOf(
  findings: readonly Finding[],
  sourcePath: (file: string) => string | null = asGiven,
): string {
  return (['error', 'warning'] as const)
    .flatMap((level) => {
      const those = findings.filter((finding) => finding.level === level);
      const shown = those.length > annotations ? those.slice(0, annotations - 1) : those;
      const lines = shown.map((finding) => annotation(finding, sourcePath));
      const more = those.length - shown.length;
      if (more > 0)
        lines.push(command(level, { title: 'perfkit' }, `and ${more} more: the report has all of them`));
      return lines;
    })
    .join('');
}

const annotations = 10;

function asGiven(file: string): string {
  return file;
}

function annotation(finding: Finding, sourcePath: (file: string) => string | null): string {
  const file = finding.file === null ? null : sourcePath(finding.file);
  return command(
    finding.level,
    {
      ...(file !== null && { file, line: String(finding.line ?? 1) }),
      title: `${finding.scenario}: ${finding.kind}`,
    },
    file === null ? `${finding.scenario}: ${finding.message}` : finding.message,
  );
}

function command(name: string, properties: Readonly<Record<string, string>>, message: string): string {
  const listed = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(plain(value))}`);
  return `::${name} ${listed.join(',')}::${escapeData(message)}\n`;
}

function escapeData(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
