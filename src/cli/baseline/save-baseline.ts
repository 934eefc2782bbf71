import { prepareFolder, reporters, writeFileAtomic } from '../../index.ts';
import { PerfkitError } from '../../model/errors.ts';
import { baselineFileOf, baselineFolder } from './baseline-file.ts';
import type { Plan, RunResult, SuiteResult } from '../../index.ts';
import type { BaselineFlags } from './baseline-options.ts';

/** The file that `--save-baseline` means; null without it. Throws PerfkitError for a name that is not fit for a file. */
export function baselineToSave(flags: BaselineFlags, plans: readonly Plan[]): string | null {
  const { saveBaseline: named } = flags;
  if (named === undefined) return null;
  if (typeof named === 'string') return baselineFileOf(named);
  const name = plans.length === 1 ? (plans[0]?.scenario.name ?? 'run') : 'suite';
  return baselineFileOf(name.replace(/[^\w.-]+/g, '-').replace(/^[^\w]+/, '') || 'run');
}

/**
 * Keep the result as a baseline. Throws PerfkitError when it must not become one: invalid, without data, cut short or
 * stopped; the baseline before it then stays.
 */
export async function saveBaseline(document: RunResult | SuiteResult, file: string): Promise<void> {
  const results = document.schema === 'perfkit/suite@1' ? document.results : [document];
  const faults = results.flatMap((result) =>
    faultsOf(result).map((fault) => `${result.scenario.name}: ${fault}`),
  );
  if (results.length === 0) faults.push('nothing was run');
  if (faults.length > 0)
    throw new PerfkitError(
      'result',
      `not saved as the baseline ${file}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
  await prepareFolder(baselineFolder);
  await writeFileAtomic(file, reporters.json(document, { colourLevel: 0, width: 0 }));
}

/** Why a run must not be what others are held against; empty when it may. */
export function faultsOf({ validity, complete, aborted, series }: RunResult): string[] {
  if (validity.state === 'invalid') return [`the run is invalid: ${validity.reasons[0] ?? 'it says so'}`];
  if (aborted !== undefined) return [`it was stopped: ${aborted}`];
  if (!complete) return ['it was interrupted: its results are partial'];
  const done = series.filter((one) => one.metric === 'throughput').reduce((sum, one) => sum + one.count, 0);
  return done > 0 ? [] : ['no operation succeeded'];
}
