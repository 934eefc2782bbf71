import type { StepOutcome } from '../../model/capacity.ts';

/** Rates are flows started a second. */
export interface SearchOptions {
  readonly fromPerSecond: number;
  readonly maxPerSecond: number;
  /** Relative: 0.05 ends the search when what fails is at most 5 % above what holds. */
  readonly precision: number;
}

/** A step that has been run. */
export interface StepRecord {
  readonly kind: 'search' | 'soak';
  readonly ratePerSecond: number;
  readonly outcome: StepOutcome;
}

export type Decision =
  | {
      readonly kind: 'search' | 'soak';
      readonly ratePerSecond: number;
      /** 2 and 3: the same again, since the one before did not pass. */
      readonly attempt: number;
    }
  | SearchEnd;

export interface SearchEnd {
  readonly kind: 'done';
  readonly outcome: 'found' | 'too slow' | 'generator' | 'undecided';
  /** The highest rate that held; null when there is none. */
  readonly capacityPerSecond: number | null;
  readonly atMaximum: boolean;
  /** The rate at which the search ended: the generator's limit, or what failed. Null when nothing was run. */
  readonly endedAtPerSecond: number | null;
}

/** One that does not pass is run again until it has failed, or was invalid, so often: a busy moment must not decide. */
const timesToCount = 2;
/** Rates that passed their step and then failed their soak. */
const maxFailedSoaks = 3;
const maxSteps = 200;

/**
 * What to do next, from all that has been done; a pure function. The rate doubles until a step fails, then the gap
 * between what holds and what fails is halved (geometrically) down to the precision, then what holds must hold for a
 * soak. A soak that fails counts as a rate that fails, and the search goes on below it. When the generator turns out
 * to be the limit, there is nothing to learn from higher rates and the search ends.
 */
export function nextStep(history: readonly StepRecord[], options: SearchOptions): Decision {
  const runs = groupRuns(history);
  const last = runs.at(-1);
  if (last !== undefined && last.verdict === null) {
    return { kind: last.kind, ratePerSecond: last.ratePerSecond, attempt: last.outcomes.length + 1 };
  }
  const { holdsPerSecond, failsPerSecond } = bracketOf(runs);
  const end = (outcome: SearchEnd['outcome']): SearchEnd => ({
    kind: 'done',
    outcome,
    capacityPerSecond: holdsPerSecond,
    atMaximum: outcome === 'found' && holdsPerSecond === options.maxPerSecond,
    endedAtPerSecond: last?.ratePerSecond ?? null,
  });
  if (last?.verdict === 'invalid') return end('generator');
  if (last?.kind === 'soak' && last.verdict === 'pass') return end('found');
  if (holdsPerSecond === null) {
    return failsPerSecond === null
      ? { kind: 'search', ratePerSecond: options.fromPerSecond, attempt: 1 }
      : end(failedSoaks(runs) > 0 ? 'undecided' : 'too slow');
  }
  if (failedSoaks(runs) >= maxFailedSoaks || history.length >= maxSteps) return end('undecided');
  const ratePerSecond = rateBetween(holdsPerSecond, failsPerSecond, options);
  return ratePerSecond === null
    ? { kind: 'soak', ratePerSecond: holdsPerSecond, attempt: 1 }
    : { kind: 'search', ratePerSecond, attempt: 1 };
}

interface Run {
  readonly kind: StepRecord['kind'];
  readonly ratePerSecond: number;
  readonly outcomes: readonly StepOutcome[];
  /** Null: it has to be run again. */
  readonly verdict: StepOutcome | null;
}

/** Attempts at one thing follow each other. */
function groupRuns(history: readonly StepRecord[]): Run[] {
  const runs: Run[] = [];
  for (const { kind, ratePerSecond, outcome } of history) {
    const open = runs.at(-1);
    const again = open !== undefined && open.verdict === null;
    const outcomes = again ? [...open.outcomes, outcome] : [outcome];
    const run = { kind, ratePerSecond, outcomes, verdict: verdictOf(outcomes) };
    if (again) runs[runs.length - 1] = run;
    else runs.push(run);
  }
  return runs;
}

/** One pass is a pass; a failure and an invalid attempt say nothing together, so that there are three at most. */
function verdictOf(outcomes: readonly StepOutcome[]): StepOutcome | null {
  if (outcomes.includes('pass')) return 'pass';
  const counted = (['fail', 'invalid'] as const).find(
    (outcome) => outcomes.filter((one) => one === outcome).length >= timesToCount,
  );
  return counted ?? null;
}

function bracketOf(runs: readonly Run[]): { holdsPerSecond: number | null; failsPerSecond: number | null } {
  const rates = (verdict: StepOutcome): number[] =>
    runs.filter((run) => run.verdict === verdict).map((run) => run.ratePerSecond);
  const lowestFailure = Math.min(...rates('fail'));
  const highestPass = Math.max(...rates('pass').filter((rate) => rate < lowestFailure));
  return {
    holdsPerSecond: Number.isFinite(highestPass) ? highestPass : null,
    failsPerSecond: Number.isFinite(lowestFailure) ? lowestFailure : null,
  };
}

function failedSoaks(runs: readonly Run[]): number {
  return runs.filter(({ kind, verdict }) => kind === 'soak' && verdict === 'fail').length;
}

/** Null when the two are close enough, or the maximum holds. */
function rateBetween(
  holds: number,
  fails: number | null,
  { maxPerSecond, precision }: SearchOptions,
): number | null {
  if (fails === null) return holds >= maxPerSecond ? null : Math.min(holds * 2, maxPerSecond);
  if (fails <= holds * (1 + precision)) return null;
  const middle = Math.sqrt(holds * fails);
  const readable = Number(middle.toPrecision(3));
  return readable > holds && readable < fails ? readable : middle;
}
