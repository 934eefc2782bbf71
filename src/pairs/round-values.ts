import type { RoundResult, RoundUsage } from '../bench/rounds/round-result.ts';
import { Distribution } from '../measure/distribution.ts';
import type { Tags } from '../model/interval.ts';
import type { MetricDefinition } from '../model/metrics.ts';
import type { PairedSeries } from '../model/paired.ts';
import { usageMetrics } from './usage-metrics.ts';

/** One number of one process; a round gives one of each of its statistics. */
export interface RoundValue extends Pick<
  PairedSeries,
  'metric' | 'tags' | 'statistic' | 'unit' | 'perSecond' | 'better' | 'floor'
> {
  /** Null where the process has no such number: nothing was measured, or it falls among operations that were cut. */
  readonly value: number | null;
  /** Behind a percentile or a count; null where that says nothing. */
  readonly samples: number | null;
}

const percentiles = [
  ['p50', 50],
  ['p95', 95],
  ['p99', 99],
] as const;

/** Told for each operation instead: a rate would change with the throughput. */
const perOperation: ReadonlySet<string> = new Set(['gc_time', 'gc_count', 'cpu']);
/** What the process holds at the end, which says little after a short run. */
const leftOut: ReadonlySet<string> = new Set(['rss', 'rss_growth']);

/** Every number that a round gives, with the tags of its variant. */
export function roundValues(
  { histograms, counters, gauges, usage }: RoundResult,
  variant: Tags,
  definitions: readonly MetricDefinition[],
): RoundValue[] {
  const define = (name: string): MetricDefinition[] =>
    perOperation.has(name) || leftOut.has(name) ? [] : definitions.filter((one) => one.name === name);
  return [
    ...histograms.flatMap((slice) =>
      define(slice.metric).flatMap((metric) => percentileValues(slice, metric, variant)),
    ),
    ...counters.flatMap(({ metric, tags, count, of }) =>
      define(metric).map((definition) => {
        const perSecond = definition.rate === 'per-second';
        const value = of > 0 ? (count / of) * (perSecond ? 1e9 : 1) : null;
        const rated = { statistic: 'rate', perSecond, samples: count } as const;
        const unit = perSecond ? definition.unit : 'ratio';
        return { metric, tags: { ...variant, ...tags }, ...common(definition), ...rated, unit, value };
      }),
    ),
    ...gauges.flatMap(({ metric, tags, value }) =>
      define(metric).map((definition) => ({
        metric,
        tags: { ...variant, ...tags },
        ...common(definition),
        statistic: 'value' as const,
        perSecond: false,
        value,
        samples: null,
      })),
    ),
    ...(usage === undefined ? [] : usageValues(usage, variant)),
  ];
}

function percentileValues(
  { metric, tags, data, censored }: RoundResult['histograms'][number],
  definition: MetricDefinition,
  variant: Tags,
): RoundValue[] {
  const distribution = new Distribution();
  try {
    distribution.addSlice({ data, censored });
    return percentiles.map(([statistic, percentile]) => {
      const { value, bounded } = distribution.valueAt(percentile);
      return {
        metric,
        tags: { ...variant, ...tags },
        ...common(definition),
        statistic,
        perSecond: false,
        value: distribution.count === 0 || bounded ? null : value,
        samples: distribution.count,
      };
    });
  } finally {
    distribution.destroy();
  }
}

function usageValues(usage: RoundUsage, variant: Tags): RoundValue[] {
  return usageMetrics.map(({ read, samples, floor, ...definition }) => ({
    metric: definition.name,
    tags: variant,
    ...common(definition),
    statistic: 'value',
    perSecond: false,
    floor: floor(usage),
    value: usage.operations > 0 ? read(usage) / usage.operations : null,
    samples: samples(usage),
  }));
}

function common({
  unit,
  better,
}: Pick<MetricDefinition, 'unit' | 'better'>): Pick<RoundValue, 'unit' | 'better' | 'floor'> {
  return { unit, better, floor: 0 };
}
