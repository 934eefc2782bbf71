import { deviationOf } from '../../measure/statistics/paired-t.ts';
import { medianOf } from '../../measure/statistics/median.ts';
import { samplesNeeded } from '../compare/statistics-of.ts';
import { completePairs, controlPairs } from './complete-pairs.ts';
import { pairedScaleOf } from './paired-scale.ts';
import type { PairedRun, PairedSeries, PairedVerdict, SeriesDecision } from '../../model/paired.ts';
import type { PairedScale } from './paired-scale.ts';

/** A series before it is known how many others are tested with it. */
export interface PairedDraft {
  readonly row: Pick<
    SeriesDecision,
    'metric' | 'tags' | 'statistic' | 'unit' | 'perSecond' | 'better' | 'gated' | 'base' | 'head'
  >;
  /** The verdict, where no test is needed for it. */
  readonly settled: { readonly verdict: PairedVerdict; readonly reason: string } | null;
  /** Null where there are not two values in every pair. */
  readonly sample: PairedSample | null;
}

export interface PairedSample {
  readonly scale: PairedScale;
  /** 1 where more is worse, -1 where less is. */
  readonly direction: 1 | -1;
  /** A difference for each pair, and for each control, on the scale that is tested; above 0 for the worse. */
  readonly worsening: readonly number[];
  readonly control: readonly number[];
  readonly controlSpread: number | null;
  /** From where a change is told to be worse: see `PairedChange`. */
  readonly worseFrom: number;
}

export function draftPaired(
  series: PairedSeries,
  { pairs: count, controls }: { readonly pairs: number; readonly controls: number },
  run: Pick<PairedRun, 'settings' | 'environment'>,
): PairedDraft {
  const { pairs, fault } = completePairs(series, count);
  const { metric, tags, statistic, unit, perSecond, better } = series;
  const settled = settle(series, fault);
  return {
    row: {
      metric,
      tags,
      statistic,
      unit,
      perSecond,
      better,
      gated: series.gated && settled?.verdict !== 'descriptive',
      base: usualOf(series.base.slice(0, count)),
      head: usualOf(series.head.slice(0, count)),
    },
    settled,
    sample: fault === null ? sampleOf(series, { pairs, controls }, run) : null,
  };
}

function settle(series: PairedSeries, fault: string | null): PairedDraft['settled'] {
  const { better, statistic, samplesPerRun } = series;
  if (better === 'neither')
    return { verdict: 'descriptive', reason: fault ?? 'neither direction is declared better' };
  // without a value there are no samples either, and that is the fault to name
  if (fault !== null) return { verdict: 'no data', reason: fault };
  const needed = samplesNeeded[statistic];
  if (samplesPerRun === null || samplesPerRun >= needed) return null;
  return {
    verdict: 'descriptive',
    reason: `${samplesPerRun} samples in a process; ${statistic} takes ${needed}`,
  };
}

function sampleOf(
  series: PairedSeries,
  { pairs, controls }: { pairs: ReturnType<typeof completePairs>['pairs']; controls: number },
  run: Pick<PairedRun, 'settings' | 'environment'>,
): PairedSample {
  const scale = pairedScaleOf(series, pairs, run);
  const direction = series.better === 'higher' ? -1 : 1;
  const usable = controlPairs(series, controls).filter(
    ({ base, head }) => scale.scale === 'difference' || (base > 0 && head > 0),
  );
  const control = usable.map((pair) => direction * scale.between(pair));
  const controlSpread = control.length < 2 ? null : deviationOf(control);
  return {
    scale,
    direction,
    worsening: pairs.map((pair) => direction * scale.between(pair)),
    control,
    controlSpread,
    worseFrom: Math.max(scale.limit, (2 * (controlSpread ?? 0)) / Math.sqrt(pairs.length)),
  };
}

/** Median of the values that there are; null without any. */
function usualOf(values: readonly (number | null)[]): number | null {
  const there = values.flatMap((value) => (value !== null && Number.isFinite(value) ? [value] : []));
  return there.length === 0 ? null : medianOf(there.toSorted((a, b) => a - b));
}
