import { elapsedNs } from '../../measure/selection.ts';
import type { MetricDefinition } from '../../model/metrics.ts';
import type { Series } from '../../model/result.ts';
import type { Resampled } from './blocks-evidence.ts';

/** The rate of a counter, or the mean of a gauge, of any mixture of slices: one sum over another. */
export function resampleScalars(
  slices: readonly (readonly Series[])[],
  definition: MetricDefinition,
): Resampled {
  const terms = slices.map((series) => termsOf(series, definition));
  const above = Float64Array.from(terms, (term) => term.above);
  const below = Float64Array.from(terms, (term) => term.below);
  return {
    slices: slices.length,
    read: (counts, into) => {
      let numerator = 0;
      let denominator = 0;
      for (let slice = 0; slice < counts.length; slice++) {
        numerator += (counts[slice] ?? 0) * (above[slice] ?? 0);
        denominator += (counts[slice] ?? 0) * (below[slice] ?? 0);
      }
      into[0] = denominator > 0 ? numerator / denominator : NaN;
    },
  };
}

function termsOf(series: readonly Series[], definition: MetricDefinition): { above: number; below: number } {
  const sum = (of: (one: Series) => number): number => series.reduce((total, one) => total + of(one), 0);
  const count = sum((one) => one.count);
  if (definition.kind === 'gauge') return { above: sum((one) => (one.value ?? 0) * one.count), below: count };
  if (definition.rate === 'ratio') return { above: count, below: sum((one) => one.of ?? 0) };
  return { above: count * 1e9, below: elapsedNs(series) };
}
