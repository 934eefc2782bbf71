import { formatValue } from '../../model/units.ts';
import { changeRow, changeText } from '../change-row.ts';
import type { PairedChange, PairedRun, SeriesDecision } from '../../model/paired.ts';
import type { ChangeRow } from '../change-row.ts';

/** One row of a paired run in words. */
export interface PairedRow extends ChangeRow {
  readonly verdict: SeriesDecision['verdict'];
  readonly base: string;
  readonly head: string;
  /** Smallest change that counts: `3.00%`, or `3.00%, worse from 5.10%` where the controls move more. */
  readonly threshold: string;
  readonly reason: string;
}

/** The rows that decide, worst first, and then the others. */
export function pairedRows(series: readonly SeriesDecision[]): {
  decisive: PairedRow[];
  others: PairedRow[];
} {
  const byRank = series.toSorted((a, b) => rankOf(a) - rankOf(b));
  return {
    decisive: byRank.filter((row) => row.gated).map(toRow),
    others: byRank.filter((row) => !row.gated).map(toRow),
  };
}

const ranks = {
  worse: 0,
  'no data': 1,
  'cannot tell': 2,
  better: 4,
  same: 5,
  descriptive: 6,
} satisfies Record<SeriesDecision['verdict'], number>;

/** Of those that cannot be told, the ones that are at least not worse come last. */
function rankOf({ verdict, notWorse }: SeriesDecision): number {
  return ranks[verdict] + (verdict === 'cannot tell' && notWorse ? 1 : 0);
}

function toRow(row: SeriesDecision): PairedRow {
  const { change } = row;
  const value = (side: number | null): string =>
    side === null ? '-' : formatValue(side, row.unit, row.perSecond);
  return {
    ...changeRow(row, change, change?.interval ?? null),
    verdict: row.verdict,
    base: value(row.base),
    head: value(row.head),
    threshold: change === null || row.better === 'neither' ? '' : thresholdText(change, row),
    reason: row.reason ?? '',
  };
}

function thresholdText(change: PairedChange, row: SeriesDecision): string {
  const size = (value: number): string => changeText(change, value, row).replace(/^\+/, '');
  const { threshold, worseFrom } = change;
  if (!(worseFrom > threshold * 1.005)) return size(threshold);
  return `${size(threshold)}, worse from ${size(worseFrom)}`;
}

/** How the run was made and decided, a line each. */
export function methodLines({ settings, looks, decision, durationNs, environment }: PairedRun): string[] {
  const { threshold, falseAlarm, wrongSide } = settings;
  const shares = [threshold, (threshold * 5) / 3, (threshold * 10) / 3].map(percent);
  const at = decision === null ? null : looks[decision.look];
  const planned = looks.map(({ pairs }) => pairs).join(', ');
  const done =
    decision === null
      ? ''
      : `${decision.pairs} pairs and ${decision.controls} controls, look ${decision.look + 1} of ${looks.length}; `;
  return [
    `${done}${formatValue(durationNs, 'ns')}; looks after ${planned} pairs`,
    `a change counts from ${shares[0]} (P95: ${shares[1]}, P99: ${shares[2]}); where nothing has changed, a run fails with a chance of ${percent(falseAlarm)} at most`,
    `a change on the other side of the threshold is told with a chance of ${percent(wrongSide)} at most for each series, over all looks${at === null || at === undefined ? '' : `; intervals of this look: ${percent(1 - 2 * wrongSide * at.share)}`}`,
    `Node ${environment.node}, ${environment.cpuModel}, ${environment.cores} cores, ${environment.platform} ${environment.arch}`,
  ];
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}

/** The sides and their commits: `main (1a2b3c4)`. */
export function armText({ label, revision }: PairedRun['base']): string {
  if (revision === null || revision === label) return label;
  return `${label} (${/^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 10) : revision})`;
}

/** What there is to say where nothing was decided. */
export function undecidedReason({ pairs, looks }: PairedRun): string {
  return `stopped after ${pairs.length} of ${looks[0]?.pairs ?? 0} pairs that the first look takes`;
}
