import { appendFile, stat } from 'node:fs/promises';
import { messageOf } from '../../model/errors.ts';
import type { GithubContext } from './publish-to-github.ts';

/** What GitHub keeps of a step's summary (docs.github.com, "Workflow commands", job summaries); one that is longer is dropped whole. */
export const maxSummaryBytes = 1024 * 1024;

/**
 * In a step of GitHub Actions: add a report to the job's summary. Nothing anywhere else. A summary that is full, or
 * cannot be written, is told and changes no exit code.
 */
export async function addToSummary(
  markdown: string,
  { env, write }: GithubContext = { env: process.env, write: (text) => process.stderr.write(text) },
): Promise<void> {
  const file = env['GITHUB_STEP_SUMMARY'];
  if (env['GITHUB_ACTIONS'] !== 'true' || file === undefined || file === '') return;
  try {
    const used = (await stat(file).catch(() => null))?.size ?? 0;
    if (used + Buffer.byteLength(markdown) + 1 > maxSummaryBytes)
      write('perfkit: the job summary is full (1 MiB a step), so this report is not in it\n');
    else await appendFile(file, `${markdown}\n`);
  } catch (error) {
    write(`perfkit: cannot add to the job summary ${file}: ${messageOf(error)}\n`);
  }
}
