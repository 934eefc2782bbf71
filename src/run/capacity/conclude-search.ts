import { formatDurationNs, formatValue } from '../../model/units.ts';
import type { CapacityResult, CapacitySearch, CapacityStep, CurvePoint } from '../../model/capacity.ts';
import type { SearchEnd } from './next-step.ts';

type Conclusion = Pick<CapacityResult, 'outcome' | 'capacityPerSecond' | 'atMaximum' | 'reasons'>;

/** What the search has shown, in words; `end` is null when it was interrupted. */
export function concludeSearch(
  end: SearchEnd | null,
  steps: readonly CapacityStep[],
  search: CapacitySearch,
): Conclusion {
  if (end === null) {
    const capacityPerSecond = highestPass(steps);
    return {
      outcome: 'interrupted',
      capacityPerSecond,
      atMaximum: false,
      reasons: [`interrupted after ${steps.length} steps`, ...heldUpTo(capacityPerSecond)],
    };
  }
  const { outcome, capacityPerSecond, atMaximum } = end;
  return { outcome, capacityPerSecond, atMaximum, reasons: reasonsOf(end, steps, search) };
}

function reasonsOf(end: SearchEnd, steps: readonly CapacityStep[], search: CapacitySearch): string[] {
  const last = steps.at(-1);
  switch (end.outcome) {
    case 'found': {
      const held = `the targets hold at ${rate(end.capacityPerSecond)}, also for a soak of ${formatDurationNs(search.soakNs)}`;
      return end.atMaximum
        ? [`${held}: the highest rate that was to be tried (--max)`]
        : [held, ...whyNotMore(steps)];
    }
    case 'too slow':
      return [
        `the targets fail at ${rate(search.fromPerSecond)} already: start lower with --from`,
        ...(last?.reasons ?? []),
      ];
    case 'generator':
      return generatorReasons(end, steps);
    case 'undecided':
      return [
        `no rate held for a soak of ${formatDurationNs(search.soakNs)}`,
        ...(last?.reasons ?? []),
        ...heldUpTo(end.capacityPerSecond),
      ];
  }
}

function generatorReasons(end: SearchEnd, steps: readonly CapacityStep[]): string[] {
  const invalid = steps.findLast(({ outcome }) => outcome === 'invalid');
  const at = rate(end.endedAtPerSecond);
  const what =
    invalid?.validity.limit === 'generator'
      ? `the generator, not the server, was the limit at ${at}`
      : `the steps at ${at} cannot be trusted`;
  return [what, ...(invalid?.validity.reasons ?? []), ...heldUpTo(end.capacityPerSecond)];
}

/** The lowest rate that fails says what gives way first. */
function whyNotMore(steps: readonly CapacityStep[]): string[] {
  const failed = steps.filter(({ outcome }) => outcome === 'fail');
  const lowest = failed.toSorted((a, b) => a.ratePerSecond - b.ratePerSecond)[0];
  const [why] = lowest?.reasons ?? [];
  return lowest === undefined || why === undefined ? [] : [`at ${rate(lowest.ratePerSecond)}: ${why}`];
}

function heldUpTo(capacityPerSecond: number | null): string[] {
  return capacityPerSecond === null ? [] : [`the targets held up to ${rate(capacityPerSecond)}`];
}

/** Below every rate that failed both times. */
function highestPass(steps: readonly CapacityStep[]): number | null {
  const failed = steps.filter(({ outcome, attempt }) => outcome === 'fail' && attempt > 1);
  const bound = Math.min(...failed.map((step) => step.ratePerSecond));
  const passed = steps.filter(({ outcome, ratePerSecond }) => outcome === 'pass' && ratePerSecond < bound);
  return passed.length === 0 ? null : Math.max(...passed.map((step) => step.ratePerSecond));
}

function rate(perSecond: number | null): string {
  return perSecond === null ? 'no rate' : formatValue(perSecond, 'count', true);
}

/** One point a rate, by rising rate: the last step there, which a repetition or a soak replaces. */
export function curveOf(steps: readonly CapacityStep[]): CurvePoint[] {
  const points = new Map<number, CurvePoint>();
  for (const { ratePerSecond, achievedPerSecond, latency, errorRate, outcome } of steps)
    points.set(ratePerSecond, { ratePerSecond, achievedPerSecond, latency, errorRate, outcome });
  return [...points.values()].toSorted((a, b) => a.ratePerSecond - b.ratePerSecond);
}
