import { formatValue } from '../../model/units.ts';
import { labelOf } from '../rows.ts';
import { plain } from '../text.ts';
import { trendLine } from './trend-line.ts';
import type {
  HistoryGroup,
  LevelChange,
  ScenarioHistory,
  Trend,
  TrendChange,
  TrendPoint,
} from '../../model/history.ts';

/** One row of a history in words; names may hold anything. */
export interface TrendRow {
  /** `lru get`, `main list` */
  readonly label: string;
  /** `response_time p95` */
  readonly what: string;
  /** Bars, the newest at the right. */
  readonly line: string;
  readonly latest: string;
  /** `+1.2%`, or `+0.20 points` of a share; empty when there is nothing before. */
  readonly sincePrevious: string;
  readonly sinceMedian: string;
}

/** A change of level in words. */
export interface ChangeLine {
  readonly direction: TrendChange['direction'];
  readonly label: string;
  readonly what: string;
  /** `1.20ms to 1.53ms, +27.5%` */
  readonly size: string;
  /** `1a2b3c4d5e (2026-01-02) and 6f7a8b9c0d (2026-01-03)` */
  readonly between: string;
  /** `p 0.00012` */
  readonly p: string;
}

const columns = 30;

export function trendRows({ trends }: HistoryGroup): TrendRow[] {
  return trends.map((trend) => ({
    ...nameOf(trend),
    line: trendLine(
      trend.points.map(({ value }) => value),
      columns,
    ),
    latest: latestText(trend),
    sincePrevious: changeText(trend, trend.sincePrevious),
    sinceMedian: changeText(trend, trend.sinceMedian),
  }));
}

/** The newest first. */
export function changeLines({ trends }: HistoryGroup): ChangeLine[] {
  return trends
    .flatMap((trend) => trend.changePoints.map((change) => ({ trend, change })))
    .toSorted((a, b) => (a.change.to.started < b.change.to.started ? 1 : -1))
    .map(({ trend, change }) => ({
      ...nameOf(trend),
      direction: change.direction,
      size: `${valueText(trend, change.before)} to ${valueText(trend, change.after)}, ${changeText(trend, change)}`,
      between: `${commitText(change.from)} and ${commitText(change.to)}`,
      p: change.p < 1e-6 ? 'p below 0.000001' : `p ${change.p.toPrecision(2)}`,
    }));
}

/** What a group is; `newest` for the first of its scenario. */
export function groupText({ runs, first, last, fingerprint, hash }: HistoryGroup): string {
  const days = [...new Set([first, last].map((time) => time.slice(0, 10)))].join(' to ');
  return `${runs} ${runs === 1 ? 'run' : 'runs'}, ${days}, environment ${plain(fingerprint)}, scenario ${plain(hash)}`;
}

/** Why groups other than the first are apart from it. */
export function apartText({ groups }: ScenarioHistory, group: HistoryGroup): string | null {
  const [newest] = groups;
  if (newest === undefined || group === newest) return null;
  const differs = [
    ...(group.fingerprint === newest.fingerprint ? [] : ['machine or runtime']),
    ...(group.hash === newest.hash ? [] : ['the scenario']),
  ];
  return `not comparable with the runs above: ${differs.join(' and ')} differed`;
}

function nameOf({ tags, metric, statistic }: Trend): { label: string; what: string } {
  return { label: labelOf(tags), what: `${metric} ${statistic}` };
}

function latestText(trend: Trend): string {
  const latest = trend.points.at(-1);
  return latest === undefined ? '' : `${latest.bounded ? '>= ' : ''}${valueText(trend, latest.value)}`;
}

function valueText({ unit, perSecond }: Trend, of: number): string {
  return formatValue(of, unit, perSecond);
}

/** A share's difference in points, so that 1 % to 2 % is not taken for +1 %. */
function changeText(trend: Trend, level: LevelChange | null): string {
  if (level === null || !Number.isFinite(level.change)) return '';
  const sign = level.change > 0 ? '+' : '';
  if (trend.scale === 'ratio') return `${sign}${digits(level.change * 100)}%`;
  if (trend.unit === 'ratio') return `${sign}${digits(level.change * 100)} points`;
  return `${sign}${valueText(trend, level.change)}`;
}

function digits(of: number): string {
  const size = Math.abs(of);
  return size >= 99.5 ? of.toFixed(0) : size >= 9.95 ? of.toFixed(1) : of.toFixed(2);
}

/** `+` behind a commit whose files had been changed. */
function commitText({ commit, dirty, started }: TrendPoint): string {
  const name = commit === null ? 'an unknown commit' : plain(commit).slice(0, 10);
  return `${name}${dirty ? '+' : ''} (${started.slice(0, 16).replace('T', ' ')})`;
}
