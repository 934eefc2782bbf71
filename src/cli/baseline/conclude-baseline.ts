import { comparisonReporters } from '../../index.ts';
import { exitCodes } from '../../model/errors.ts';
import { colourLevel } from '../colour.ts';
import { inertLines, printError } from '../errors.ts';
import { saveComparison } from './open-baseline.ts';
import { saveBaseline } from './save-baseline.ts';
import type { Comparison, RunResult, SuiteResult } from '../../index.ts';
import type { Baseline } from './open-baseline.ts';

export interface ConcludeOptions {
  readonly baseline: Baseline | null;
  /** File to keep the result in; null for none. */
  readonly keep: string | null;
  /** Of the run. */
  readonly folder: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Compare a run that is over with its baseline, then make it one itself, if so asked; gives the exit code of both. */
export async function concludeBaseline(
  document: RunResult | SuiteResult,
  { baseline, keep, folder, json, quiet }: ConcludeOptions,
): Promise<number> {
  const codes: number[] = [];
  if (baseline !== null) {
    const comparison = baseline.compare(document);
    codes.push(await saveComparison(comparison, folder));
    if (quiet !== true) print(comparison, json === true);
  }
  if (keep !== null) {
    try {
      await saveBaseline(document, keep);
      if (quiet !== true) process.stderr.write(`Baseline saved: ${keep}\n`);
    } catch (error) {
      printError(error);
      codes.push(exitCodes.invalid);
    }
  }
  return worstCode(codes);
}

/** The code that says most: a failed target, a regression, then what cannot be told. */
export function worstCode(codes: readonly number[]): number {
  return order.find((code) => codes.includes(code)) ?? exitCodes.pass;
}

const order: readonly number[] = [
  exitCodes.internal,
  exitCodes.usage,
  exitCodes.targetFailed,
  exitCodes.regression,
  exitCodes.invalid,
];

/** Why nothing is run: the baseline is no match. Gives the exit code. */
export function refuseBaseline(refusals: readonly string[]): number {
  const lines = refusals.map((reason) => `  ${inertLines(reason)}\n`).join('');
  process.stderr.write(
    `perfkit: not comparable with the baseline, so nothing was run:\n${lines}Save a baseline here with --save-baseline, or compare all the same with --advisory.\n`,
  );
  return exitCodes.invalid;
}

/** stdout is the result's alone with --json. */
function print(comparison: Comparison, json: boolean): void {
  const stream = json ? process.stderr : process.stdout;
  const text = comparisonReporters.terminal(comparison, {
    colourLevel: colourLevel(stream),
    width: stream.columns ?? 120,
  });
  stream.write(`\n${text}`);
}
