import { pairedReporters } from '../../index.ts';
import { addToSummary } from './add-to-summary.ts';
import { sourcePathIn } from './source-path.ts';
import type { PairedRun } from '../../index.ts';
import type { GithubContext } from './publish-to-github.ts';

/** In a step of GitHub Actions: annotations of a paired run on stderr, and its report in the job's summary. Nothing anywhere else. */
export async function publishPairsToGithub(
  run: PairedRun,
  context: GithubContext = { env: process.env, write: (text) => process.stderr.write(text) },
): Promise<void> {
  const { env, write } = context;
  if (env['GITHUB_ACTIONS'] !== 'true') return;
  const options = { colourLevel: 0, width: 120 } as const;
  write(pairedReporters.github(run, { ...options, sourcePath: sourcePathIn(env) }));
  await addToSummary(pairedReporters.markdown(run, options), context);
}
