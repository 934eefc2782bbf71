import { benchMetrics } from './metrics/bench-metrics.ts';
import { loadMetrics } from './metrics/load-metrics.ts';
import { processMetrics } from './metrics/process-metrics.ts';
import { streamMetrics } from './metrics/stream-metrics.ts';
import type { Unit } from './units.ts';

/**
 * What a metric is. Direction and unit are declared here or in the scenario, never guessed from a name; only those of a
 * server under load are named as Prometheus has it. A counter's rate is per second (throughput), or by attempt: a share
 * of them where it counts (errors), so much for each where it has a unit (CPU time).
 */
export interface MetricDefinition {
  readonly name: string;
  readonly kind: 'histogram' | 'counter' | 'gauge';
  readonly unit: Unit;
  readonly rate?: 'per-second' | 'ratio';
  readonly better: 'lower' | 'higher' | 'neither';
  /** A histogram of which only the buckets that a server counts in are known: each value stands for the end of its bucket. */
  readonly buckets?: true;
  readonly help: string;
}

/** The unit of a metric's `rate`, of which `per-second` ones are a second. */
export function rateUnitOf({ rate, unit }: Pick<MetricDefinition, 'rate' | 'unit'>): Unit {
  return rate === 'ratio' && unit === 'count' ? 'ratio' : unit;
}

/** Every metric an engine of the kind may report. A scenario adds those of its own modules under `metrics:`. */
export const metricCatalogue: Readonly<Record<'bench' | 'load', readonly MetricDefinition[]>> = {
  bench: [...benchMetrics, ...processMetrics],
  load: [...loadMetrics, ...streamMetrics, ...processMetrics],
};
