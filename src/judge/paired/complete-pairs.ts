import { percentileOf } from '../compare/statistics-of.ts';
import type { PairedSeries } from '../../model/paired.ts';

/** A pair in which both sides gave a value. */
export interface CompletePair {
  readonly base: number;
  readonly head: number;
}

/** The first pairs of a series; in place of them, why one of them cannot be used. */
export function completePairs(
  series: PairedSeries,
  count: number,
): { readonly pairs: readonly CompletePair[]; readonly fault: string | null } {
  const pairs: CompletePair[] = [];
  if (count === 0) return { pairs, fault: 'no pair was measured' };
  for (let index = 0; index < count; index++) {
    const base = series.base[index] ?? null;
    const head = series.head[index] ?? null;
    const fault = faultOf(base, series) ?? faultOf(head, series);
    if (base === null || head === null || fault !== null)
      return { pairs: [], fault: faultText(series, index) };
    pairs.push({ base, head });
  }
  return { pairs, fault: null };
}

/** The controls in which both sides gave a value that can be used. */
export function controlPairs(series: PairedSeries, count: number): CompletePair[] {
  return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    const base = series.control.base[index] ?? null;
    const head = series.control.head[index] ?? null;
    if (base === null || head === null) return [];
    return faultOf(base, series) === null && faultOf(head, series) === null ? [{ base, head }] : [];
  });
}

/** What is wrong with a value. A share may be 0, and a count of which less is better; a time or a throughput never is. */
function faultOf(value: number | null, { better, statistic, unit }: PairedSeries): string | null {
  if (value === null || !Number.isFinite(value)) return 'gave no value';
  const mayBeZero = percentileOf(statistic) === null && (unit === 'ratio' || better !== 'higher');
  return value > 0 || mayBeZero ? null : `gave ${value}`;
}

function faultText(series: PairedSeries, index: number): string {
  const absent = (['base', 'head'] as const).find((side) =>
    series[side].every((value) => value === null || !Number.isFinite(value)),
  );
  if (absent !== undefined) return `the ${absent} has no such series`;
  const side = faultOf(series.base[index] ?? null, series) === null ? 'head' : 'base';
  return `in pair ${index + 1} the ${side} ${faultOf(series[side][index] ?? null, series) ?? 'gave no value'}`;
}
