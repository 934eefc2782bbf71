import { seriesKey } from '../../measure/selection.ts';
import { trendOf } from './trend-of.ts';
import type {
  HistoryEntry,
  HistoryGroup,
  HistoryReport,
  HistoryValue,
  ScenarioHistory,
  TrendPoint,
} from '../../model/history.ts';

export interface HistoryOptions {
  /** Only this scenario; null: all. */
  readonly scenario: string | null;
  /** Only this metric; null: all. */
  readonly metric: string | null;
  /** Newest runs of each group that are looked at. */
  readonly last: number;
  /** Where the entries were read from, and what one should know about that. */
  readonly file: string;
  readonly notes: readonly string[];
  /** Version of the perfkit that tells. */
  readonly perfkit: string;
}

/**
 * How each series went from run to run. Runs are compared with each other when scenario, machine and runtime were the
 * same; the groups are told apart, the newest first. Entries may be in any order.
 */
export function summariseHistory(entries: readonly HistoryEntry[], options: HistoryOptions): HistoryReport {
  const wanted = entries
    .filter(({ scenario }) => options.scenario === null || scenario === options.scenario)
    .toSorted((a, b) => compareText(a.started, b.started));
  const byScenario = Map.groupBy(wanted, ({ scenario }) => scenario);
  const scenarios = [...byScenario]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([name, runs]): ScenarioHistory => ({ name, groups: groupsOf(runs, options) }))
    .filter(({ groups }) => groups.length > 0);
  const { perfkit, file, notes } = options;
  return { schema: 'perfkit/history-report@1', perfkit, file, notes, scenarios };
}

function groupsOf(runs: readonly HistoryEntry[], options: HistoryOptions): HistoryGroup[] {
  const groups = Map.groupBy(runs, ({ fingerprint, hash }) => JSON.stringify([fingerprint, hash]));
  return [...groups.values()]
    .flatMap((all): HistoryGroup[] => {
      const members = all.slice(-options.last);
      const [first, last] = [members[0], members.at(-1)];
      if (first === undefined || last === undefined) return [];
      const { fingerprint, hash } = last;
      const trends = trendsOf(members, options);
      if (trends.length === 0) return [];
      return [{ fingerprint, hash, runs: members.length, first: first.started, last: last.started, trends }];
    })
    .toSorted((a, b) => compareText(b.last, a.last));
}

function trendsOf(runs: readonly HistoryEntry[], { metric }: HistoryOptions): HistoryGroup['trends'] {
  const series = new Map<string, { latest: HistoryValue; points: TrendPoint[] }>();
  for (const run of runs) {
    for (const value of run.series) {
      if (metric !== null && value.metric !== metric) continue;
      const key = `${seriesKey(value.metric, value.tags)} ${value.statistic} ${value.unit}`;
      const found = series.get(key) ?? { latest: value, points: [] };
      found.latest = value;
      found.points.push(pointOf(run, value));
      series.set(key, found);
    }
  }
  return [...series].toSorted(([a], [b]) => compareText(a, b)).map(([, found]) => trendOf(found));
}

function pointOf(
  { started, commit, dirty }: HistoryEntry,
  { value, samples, bounded }: HistoryValue,
): TrendPoint {
  return { started, commit, dirty: dirty === true, value, bounded: bounded === true, samples };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
