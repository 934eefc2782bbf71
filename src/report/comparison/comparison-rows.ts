import { changeRow } from '../change-row.ts';
import { plain } from '../text.ts';
import { formatValue } from '../../model/units.ts';
import type { Comparison, ScenarioComparison, SeriesComparison, SideValue } from '../../model/comparison.ts';
import type { ChangeRow } from '../change-row.ts';

/** One row of a comparison in words. */
export interface ComparisonRow extends ChangeRow {
  readonly verdict: SeriesComparison['verdict'];
  readonly base: string;
  readonly head: string;
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
    ...changeRow(row, change, change === null ? null : [change.low, change.high]),
    verdict: row.verdict,
    base: sideText(row.base, row),
    head: sideText(row.head, row),
    reason: row.reason,
  };
}

function sideText(side: SideValue | null, { unit, perSecond }: SeriesComparison): string {
  return side === null ? '-' : `${side.bounded ? '>= ' : ''}${formatValue(side.value, unit, perSecond)}`;
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
