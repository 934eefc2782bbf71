import { formatCount, formatDurationNs, formatRatio, formatValue } from '../../model/units.ts';
import type { CapacityOutcome, CapacityStep, StepLatency, StepOutcome } from '../../model/capacity.ts';

export const capacityColumns = [
  'rate',
  'achieved',
  'requests',
  'p50',
  'p95',
  'p99',
  'p99.9',
  'errors',
] as const;

export interface CapacityRow {
  /** In the order of `capacityColumns`. */
  readonly cells: readonly string[];
  readonly outcome: StepOutcome;
  /** `soak`, `repeated`; empty for a plain step. */
  readonly what: string;
  readonly reasons: readonly string[];
}

/** One row a step, in the order in which they were run. */
export function capacityRows(steps: readonly CapacityStep[]): CapacityRow[] {
  return steps.map((step) => ({
    cells: [
      formatValue(step.ratePerSecond, 'count', true),
      formatValue(step.achievedPerSecond, 'count', true),
      formatCount(step.requests),
      ...percentiles(step.latency),
      formatRatio(step.errorRate),
    ],
    outcome: step.outcome,
    what: [step.kind === 'soak' ? 'soak' : '', step.attempt > 1 ? 'repeated' : '']
      .filter((word) => word !== '')
      .join(', '),
    reasons: step.reasons,
  }));
}

function percentiles(latency: StepLatency | null): string[] {
  if (latency === null) return ['-', '-', '-', '-'];
  const { p50, p95, p99, p999, boundedFrom } = latency;
  const show = (value: number, percentile: number): string =>
    `${boundedFrom !== null && percentile > boundedFrom ? '>= ' : ''}${formatDurationNs(value)}`;
  return [show(p50, 50), show(p95, 95), show(p99, 99), show(p999, 99.9)];
}

/** The result in a few words: `812/s`, `more than 10.0k/s`, `none`. */
export function capacityText({
  outcome,
  capacityPerSecond,
  atMaximum,
}: {
  readonly outcome: CapacityOutcome;
  readonly capacityPerSecond: number | null;
  readonly atMaximum: boolean;
}): string {
  if (capacityPerSecond === null) return 'none found';
  const rate = formatValue(capacityPerSecond, 'count', true);
  if (atMaximum) return `at least ${rate}`;
  return outcome === 'found' ? rate : `at least ${rate}, not confirmed`;
}
