import { readGroup } from '../../measure/selection.ts';
import { resampleHistograms } from './resample-histograms.ts';
import { aggregations, statisticsOf } from './statistics-of.ts';
import type { SideValue, Statistic } from '../../model/comparison.ts';
import type { ComparedSeries } from './compared-series.ts';
import type { TableSpace } from './resample-histograms.ts';

/**
 * What the whole run says, by statistic; null where it says nothing. All percentiles are read from one pass over the
 * histograms. Throws PerfkitError when one cannot be read.
 */
export function sideValues(
  side: ComparedSeries,
  space: TableSpace,
): (statistic: Statistic) => SideValue | null {
  const { metric, definition, series, replicates } = side;
  if (definition.kind === 'histogram') return percentileValues(side, space);
  const events = definition.kind === 'counter' && definition.rate !== 'ratio';
  return (statistic) => {
    const reading = readGroup({ metric, variant: {}, series }, definition, aggregations[statistic]);
    if (reading === null || !Number.isFinite(reading.value)) return null;
    return {
      value: reading.value,
      bounded: reading.bounded,
      samples: events ? series.reduce((sum, one) => sum + one.count, 0) : reading.samples,
      replicates: replicates.length,
    };
  };
}

function percentileValues(
  { series, replicates }: ComparedSeries,
  space: TableSpace,
): (statistic: Statistic) => SideValue | null {
  const statistics = statisticsOf.histogram;
  const table = resampleHistograms(
    [series],
    statistics.map((statistic) => aggregations[statistic].percentile),
    space,
  );
  const values = new Float64Array(statistics.length);
  table.read(Float64Array.of(1), values);
  return (statistic) => {
    const value = values[statistics.findIndex((one) => one === statistic)] ?? NaN;
    if (table.samples === 0) return null;
    const bounded = value >= table.boundedFrom;
    return { value, bounded, samples: table.samples, replicates: replicates.length };
  };
}
