import { hasTags, selectGroups } from '../measure/selection.ts';
import { exitCodes } from '../model/errors.ts';
import type { Tags } from '../model/interval.ts';
import type { Outcome, RunResult, TargetResult, Verdict } from '../model/result.ts';

/** The verdict on one run: an invalid run never passes, and neither does one in which nothing succeeded. */
export function verdictOf(measured: Omit<RunResult, 'verdict'>, targets: readonly TargetResult[]): Verdict {
  const failed = targets.filter(
    (target) => target.severity === 'error' && (target.outcome === 'fail' || target.outcome === 'no data'),
  );
  const underpowered = targets.filter(
    (target) => target.severity === 'error' && target.outcome === 'underpowered',
  );
  const idle = idleVariant(measured);
  const stopped = measured.aborted === undefined ? [] : [measured.aborted];
  if (measured.validity.state === 'invalid')
    return { outcome: 'invalid', reasons: [...stopped, ...measured.validity.reasons], targets };
  if (measured.aborted !== undefined)
    return { outcome: 'fail', reasons: [...stopped, ...failed.map(reasonOf)], targets };
  if (failed.length > 0) return { outcome: 'fail', reasons: failed.map(reasonOf), targets };
  if (idle !== null) return { outcome: 'fail', reasons: [nothingSucceeded(measured, idle)], targets };
  if (!measured.complete)
    return { outcome: 'undecided', reasons: ['the run was interrupted: its results are partial'], targets };
  if (underpowered.length > 0) return { outcome: 'undecided', reasons: underpowered.map(reasonOf), targets };
  return { outcome: 'pass', reasons: unlimitedErrors(measured, targets), targets };
}

/** The verdict on several runs: the worst of theirs, with every target. */
export function combineVerdicts(
  verdicts: readonly { readonly name: string; readonly verdict: Verdict }[],
): Verdict {
  const outcome = order.find((one) => verdicts.some(({ verdict }) => verdict.outcome === one)) ?? 'fail';
  return {
    outcome,
    reasons:
      verdicts.length === 0
        ? ['nothing was run']
        : verdicts.flatMap(({ name, verdict }) => verdict.reasons.map((reason) => `${name}: ${reason}`)),
    targets: verdicts.flatMap(({ verdict }) => verdict.targets),
  };
}

/** Worst first. */
const order: readonly Outcome[] = ['invalid', 'fail', 'undecided', 'pass'];

const codes = {
  pass: exitCodes.pass,
  fail: exitCodes.targetFailed,
  invalid: exitCodes.invalid,
  undecided: exitCodes.invalid,
} satisfies Record<Outcome, number>;

export function exitCodeOf(verdict: Verdict): number {
  return codes[verdict.outcome];
}

/** Failures that no target looks at: they do not fail a run, and must not be missed. */
function unlimitedErrors(measured: Omit<RunResult, 'verdict'>, targets: readonly TargetResult[]): string[] {
  const series = measured.series.filter((one) => one.metric === 'errors');
  const failed = series.reduce((sum, one) => sum + one.count, 0);
  const attempts = series.reduce((sum, one) => sum + (one.of ?? 0), 0);
  if (failed === 0 || targets.some((target) => target.expr.trimStart().startsWith('errors'))) return [];
  return [`${failed} of ${attempts} operations failed, and no target limits errors`];
}

/** The tags of a variant in which no operation succeeded; null when there is none. */
function idleVariant(measured: Omit<RunResult, 'verdict'>): Tags | null {
  const groups = selectGroups(measured.series, 'throughput', {});
  if (groups.length === 0) return {};
  return groups.find((group) => group.series.every((one) => one.count === 0))?.variant ?? null;
}

function nothingSucceeded(measured: Omit<RunResult, 'verdict'>, variant: Tags): string {
  const worst = measured.errors
    .filter((error) => hasTags(error.tags, variant))
    .toSorted((a, b) => b.count - a.count)[0];
  const why =
    worst === undefined
      ? 'no operation was completed'
      : `no operation succeeded (${worst.count} ${worst.class}: ${worst.example})`;
  return `no data${describeTags(variant)}: ${why}`;
}

function reasonOf(target: TargetResult): string {
  const why = target.outcome === 'fail' ? 'target failed' : target.outcome;
  return `${why}: ${target.expr}${describeTags(target.tags)}${target.reason === null ? '' : ` (${target.reason})`}`;
}

/** Tags as a target writes them: ` {subject:lru}`; nothing when there are none. */
export function describeTags(tags: Tags): string {
  const pairs = Object.entries(tags).map(([key, value]) => `${key}:${value}`);
  return pairs.length === 0 ? '' : ` {${pairs.join(', ')}}`;
}
