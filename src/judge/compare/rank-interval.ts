import { Distribution } from '../../measure/distribution.ts';
import { quantileRanks } from '../../measure/statistics/quantile-ranks.ts';
import type { Series } from '../../model/result.ts';
import type { ChangeScale } from './change-scale.ts';

/**
 * Interval for the change of a percentile (0 to 100) from order statistics alone, with all samples taken as independent:
 * good for a look, not for a verdict. Each side's interval takes half of what the confidence leaves. Null when there are
 * too few samples, or one falls among operations that never completed.
 */
export function rankInterval(
  base: readonly Series[],
  head: readonly Series[],
  percentile: number,
  { scale, confidence }: { readonly scale: ChangeScale; readonly confidence: number },
): readonly [number, number] | null {
  const each = 1 - (1 - confidence) / 2;
  const before = boundsOf(base, percentile, each);
  const after = boundsOf(head, percentile, each);
  if (before === null || after === null) return null;
  return [scale.between(before[1], after[0]), scale.between(before[0], after[1])];
}

function boundsOf(
  series: readonly Series[],
  percentile: number,
  confidence: number,
): readonly [number, number] | null {
  const distribution = new Distribution();
  try {
    for (const one of series) distribution.addSeries(one);
    const { count } = distribution;
    const ranks = count < 1 ? null : quantileRanks(count, percentile / 100, confidence);
    if (ranks === null) return null;
    const low = distribution.valueAt((ranks.lower / count) * 100);
    const high = distribution.valueAt((ranks.upper / count) * 100);
    return high.bounded ? null : [low.value, high.value];
  } finally {
    distribution.destroy();
  }
}
