import { labelOf } from './rows.ts';
import { formatValue } from '../model/units.ts';
import type { Change, SeriesComparison } from '../model/comparison.ts';

/** What a comparison or a paired run says of one series, in words. */
export interface ChangeRow {
  /** `lru get`, `main list`; tags may hold anything. */
  readonly label: string;
  /** `response_time p95` */
  readonly what: string;
  /** `+12.3%`, or `+0.20 points` of a share. */
  readonly change: string;
  /** `+9.1% to +15%` */
  readonly interval: string;
  /** Smallest change for the worse that would have been found; empty where it is not known or nothing is worse. */
  readonly detectable: string;
}

type Measured = Pick<SeriesComparison, 'metric' | 'tags' | 'statistic' | 'unit' | 'perSecond' | 'better'>;
type Estimate = Pick<Change, 'scale' | 'estimate' | 'detectable'>;

export function changeRow(
  series: Measured,
  change: Estimate | null,
  interval: readonly [low: number | null, high: number | null] | null,
): ChangeRow {
  const [low = null, high = null] = interval ?? [];
  const text = (value: number): string => (change === null ? '' : changeText(change, value, series));
  const known = change !== null && change.detectable !== null && series.better !== 'neither';
  return {
    label: labelOf(series.tags),
    what: `${series.metric} ${series.statistic}`,
    change: change === null ? '' : text(change.estimate),
    interval: low === null || high === null ? '' : `${text(low)} to ${text(high)}`,
    detectable: known ? text(detectableOf(change, series)) : '',
  };
}

/** A change for the worse of a rate is a fall: as far down on the scale of ratios as it says up. */
function detectableOf(
  { scale, detectable }: Pick<Change, 'scale' | 'detectable'>,
  { better }: Pick<Measured, 'better'>,
): number {
  const up = detectable ?? 0;
  if (better !== 'higher') return up;
  return scale === 'ratio' ? 1 / (1 + up) - 1 : -up;
}

/** A share's difference in points, so that 1 % to 2 % is not taken for +1 %. */
export function changeText(
  { scale }: Pick<Change, 'scale'>,
  value: number,
  { unit, perSecond }: Pick<Measured, 'unit' | 'perSecond'>,
): string {
  const sign = value > 0 ? '+' : '';
  if (scale === 'ratio') return `${sign}${digits(value * 100)}%`;
  if (unit === 'ratio') return `${sign}${digits(value * 100)} points`;
  return `${sign}${formatValue(value, unit, perSecond)}`;
}

function digits(value: number): string {
  const size = Math.abs(value);
  return size >= 99.5 ? value.toFixed(0) : size >= 9.95 ? value.toFixed(1) : value.toFixed(2);
}
