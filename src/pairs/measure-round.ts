import { forkRound } from '../bench/rounds/fork-round.ts';
import type { RoundResult, RoundTask } from '../bench/rounds/round-result.ts';
import type { Turns } from '../bench/rounds/turns.ts';
import type { Random } from '../measure/random.ts';
import { PerfkitError } from '../model/errors.ts';
import type { BenchPlan } from '../model/plan.ts';
import type { ArmPlan } from './arm.ts';

/** A subject at a concurrency. */
export type Variant = Omit<RoundTask, 'round' | 'extras'>;

/** Carries out one round of one version, in turns with others; null when it was aborted. A stand-in in tests. */
export type MeasureRound = (
  arm: ArmPlan,
  task: RoundTask,
  signal: AbortSignal,
  turns?: Turns,
) => Promise<RoundResult | null>;

const maxPaddingBytes = 4_096;

/**
 * A round in a fresh process, with a random amount of environment. What cannot be measured is a PerfkitError that says
 * in which version; so is a round in which no operation succeeded.
 */
export function measureInProcess(random: Random): MeasureRound {
  const padding = random.fork('padding');
  return async (arm, task, signal, turns) => {
    const paddingBytes = padding.int(maxPaddingBytes);
    const hooks = { signal, onMeasuring: () => undefined, paddingBytes, ...(turns && { turns }) };
    const result = await forkRound(arm.plan, task, hooks).catch((error: unknown) => {
      if (!(error instanceof PerfkitError)) throw error;
      throw new PerfkitError(error.code, `${nameOf(arm)}: ${error.message}`, { cause: error });
    });
    if (result !== null && !signal.aborted) refuseEmpty(arm, task, result);
    return result;
  };
}

/** Every subject at every concurrency. */
export function variantsOf({ subjects, run }: Pick<BenchPlan, 'subjects' | 'run'>): Variant[] {
  return subjects.flatMap((subject) => run.concurrency.map((concurrency) => ({ subject, concurrency })));
}

/** `main (1a2b3c4)`. */
function nameOf({ label, revision }: Pick<ArmPlan, 'label' | 'revision'>): string {
  const short = revision !== null && /^[\da-f]{40,64}$/.test(revision) ? revision.slice(0, 7) : revision;
  return short === null || short === label ? label : `${label} (${short})`;
}

function refuseEmpty(
  arm: ArmPlan,
  { subject }: RoundTask,
  { histograms, counters, errors }: RoundResult,
): void {
  const succeeded = counters.some(({ metric, count }) => metric === 'throughput' && count > 0);
  if (succeeded || histograms.length > 0) return;
  const [first] = errors;
  const why =
    first === undefined
      ? 'no operation was completed: give it more time with --for'
      : `every operation failed: ${first.class}: ${first.example}`;
  throw new PerfkitError(
    'target',
    `${nameOf(arm)}: subject ${subject.name}: ${why}; there is nothing to compare`,
  );
}
