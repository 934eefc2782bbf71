import { labelOf } from '../rows.ts';
import { plain } from '../text.ts';
import { formatValue } from '../../model/units.ts';
import type {
  Change,
  Comparison,
  ScenarioComparison,
  SeriesComparison,
  SideValue,
} from '../../model/comparison.ts';

/** One row of a comparison in words. */
export interface ComparisonRow {
  readonly verdict: SeriesComparison['verdict'];
  readonly gated: boolean;
  /** `lru get`, `main list`; tags may hold anything. */
  readonly label: string;
  /** `response_time p95` */
  readonly what: string;
  readonly base: string;
  readonly head: string;
  /** `+12.3%`, or `+0.20 points` of a share. */
  readonly change: string;
  /** `+9.1% to +15%` */
  readonly interval: string;
  /** Smallest change for the worse that would have been found. */
  readonly detectable: string;
  readonly reason: string | null;
}

/** The rows that decide, worst first, and then the others, in the order of the series. */
export function comparisonRows(scenario: ScenarioComparison): {
  decisive: ComparisonRow[];
  others: ComparisonRow[];
} {
  const byRank = scenario.series.toSorted((a, b) => ranks[a.verdict] - ranks[b.verdict]);
  return {
    decisive: byRank.filter((row) => row.gated || row.verdict === 'new').map(toRow),
    others: byRank.filter((row) => !row.gated && row.verdict !== 'new').map(toRow),
  };
}

const ranks = {
  worse: 0,
  missing: 1,
  'no data': 2,
  'cannot tell': 3,
  better: 4,
  same: 5,
  new: 6,
  descriptive: 7,
} satisfies Record<SeriesComparison['verdict'], number>;

function toRow(row: SeriesComparison): ComparisonRow {
  const { change } = row;
  return {
    verdict: row.verdict,
    gated: row.gated,
    label: labelOf(row.tags),
    what: `${row.metric} ${row.statistic}`,
    base: sideText(row.base, row),
    head: sideText(row.head, row),
    change: change === null ? '' : changeText(change, change.estimate, row),
    interval: intervalText(change, row),
    detectable: change?.detectable == null ? '' : changeText(change, detectableOf(change, row), row),
    reason: row.reason,
  };
}

/** A change for the worse of a rate is a fall: as far down on the scale of ratios as it says up. */
export function detectableOf(
  change: Pick<Change, 'scale' | 'detectable'>,
  { better }: Pick<SeriesComparison, 'better'>,
): number {
  const up = change.detectable ?? 0;
  if (better !== 'higher') return up;
  return change.scale === 'ratio' ? 1 / (1 + up) - 1 : -up;
}

function sideText(side: SideValue | null, { unit, perSecond }: SeriesComparison): string {
  return side === null ? '-' : `${side.bounded ? '>= ' : ''}${formatValue(side.value, unit, perSecond)}`;
}

function intervalText(change: Change | null, row: SeriesComparison): string {
  if (change === null || change.low === null || change.high === null) return '';
  return `${changeText(change, change.low, row)} to ${changeText(change, change.high, row)}`;
}

/** A share's difference in points, so that 1 % to 2 % is not taken for +1 %. */
export function changeText(
  { scale }: Pick<Change, 'scale'>,
  value: number,
  { unit, perSecond }: Pick<SeriesComparison, 'unit' | 'perSecond'>,
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

/** What was compared and how, a line. */
export function settingsLine({ settings }: Comparison): string {
  const { threshold, confidence, gates } = settings;
  const percent = (share: number): string => `${Number((share * 100).toFixed(3))}%`;
  return [
    `a change counts from ${percent(threshold)} (P99: ${percent(threshold * 2)})`,
    `${percent(confidence)} intervals`,
    gates === null ? '' : `decided by ${gates.map(plain).join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
