import { appendFile, stat } from 'node:fs/promises';
import { reporters, shortMarkdown, shortestMarkdownBytes } from '../../index.ts';
import { messageOf } from '../../model/errors.ts';
import { maxSummaryBytes } from './add-to-summary.ts';
import { sourcePathIn } from './source-path.ts';
import type { RunResult, SuiteResult } from '../../index.ts';

/** Where output goes, for tests. */
export interface GithubContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Read by the runner as well as stdout, which is for results. */
  readonly write: (text: string) => void;
}

/**
 * In a step of GitHub Actions: annotations on stderr, and the report at the end of the job's summary. Nothing anywhere
 * else. A summary that cannot be written is told and changes no exit code.
 */
export async function publishToGithub(
  document: RunResult | SuiteResult,
  { env, write }: GithubContext = { env: process.env, write: (text) => process.stderr.write(text) },
): Promise<void> {
  if (env['GITHUB_ACTIONS'] !== 'true') return;
  write(reporters.github(document, { colourLevel: 0, width: 120, sourcePath: sourcePathIn(env) }));
  const file = env['GITHUB_STEP_SUMMARY'];
  if (file === undefined || file === '') return;
  try {
    const used = (await stat(file).catch(() => null))?.size ?? 0;
    const room = maxSummaryBytes - used - 1;
    if (room < shortestMarkdownBytes) {
      write(`perfkit: the job summary is full (1 MiB a step), so this report is not in it\n`);
      return;
    }
    await appendFile(file, `${shortMarkdown(document, room)}\n`);
  } catch (error) {
    write(`perfkit: cannot add to the job summary ${file}: ${messageOf(error)}\n`);
  }
}
