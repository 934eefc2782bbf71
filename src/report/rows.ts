import { Distribution } from '../measure/distribution.ts';
import { selectGroups, variantTags } from '../measure/selection.ts';
import { formatCount, formatValue } from '../model/units.ts';
import type { Reading } from '../measure/distribution.ts';
import type { Tags } from '../model/interval.ts';
import type { MetricDefinition } from '../model/metrics.ts';
import type { RunResult, Series, TargetResult } from '../model/result.ts';
import { plain } from './text.ts';

/** One line of the latency table: a metric of one variant, its parts added up, or one of the parts. */
export interface LatencyRow {
  readonly metric: string;
  /** What it is of, for people: `lru`, `lru get`, `steady list`. */
  readonly label: string;
  readonly count: string;
  /** Completed operations a second; empty where the metric is not about operations. */
  readonly throughput: string;
  /** In the order of `latencyColumns`. */
  readonly values: readonly string[];
  /** Samples that never completed. */
  readonly censored: number;
  readonly note: string | null;
}

export const latencyColumns = ['p50', 'p95', 'p99', 'p99.9', 'max'] as const;
const percentiles = [50, 95, 99, 99.9] as const;

/** Tags that split time, not work: shown in labels, and never added over. */
const groupTags = [...variantTags, 'phase'];

/** Every histogram of a result, in the order of its metric definitions. */
export function latencyRows(result: RunResult): LatencyRow[] {
  return result.scenario.metrics
    .filter((metric) => metric.kind === 'histogram')
    .flatMap((metric) =>
      groupsOf(result.series, metric).flatMap((group) => rowsOfGroup(result, metric, group)),
    );
}

function groupsOf(series: readonly Series[], metric: MetricDefinition): Series[][] {
  const matching = series.filter((one) => one.metric === metric.name && one.count > 0);
  return [...Map.groupBy(matching, (one) => JSON.stringify(groupTags.map((tag) => one.tags[tag]))).values()];
}

function rowsOfGroup(result: RunResult, metric: MetricDefinition, group: readonly Series[]): LatencyRow[] {
  const shared = Object.fromEntries(
    Object.entries(group[0]?.tags ?? {}).filter(([tag]) => groupTags.includes(tag)),
  );
  const whole = rowOf(result, metric, group, group.length === 1 ? (group[0]?.tags ?? {}) : shared);
  return group.length === 1
    ? [whole]
    : [whole, ...group.map((one) => rowOf(result, metric, [one], one.tags))];
}

function rowOf(
  result: RunResult,
  metric: MetricDefinition,
  series: readonly Series[],
  tags: Tags,
): LatencyRow {
  const distribution = new Distribution();
  try {
    for (const one of series) distribution.addSeries(one);
    const readings = [...percentiles.map((percentile) => distribution.valueAt(percentile)), distribution.max];
    return {
      metric: metric.name,
      label: labelOf(tags),
      count: formatCount(distribution.count),
      throughput: countsOperations(metric) ? throughputOf(result.series, tags) : '',
      values: readings.map((reading) => formatReading(reading, metric)),
      censored: distribution.censoredCount,
      note: series[0]?.note ?? null,
    };
  } finally {
    distribution.destroy();
  }
}

const operationMetrics = ['op_duration', 'response_time'];

function countsOperations(metric: MetricDefinition): boolean {
  return operationMetrics.includes(metric.name);
}

function throughputOf(series: readonly Series[], tags: Tags): string {
  const matching = selectGroups(series, 'throughput', tags).flatMap((group) => group.series);
  const rate = matching.reduce((sum, one) => sum + (one.rate ?? 0), 0);
  return matching.length === 0 ? '' : `${formatCount(rate)}/s`;
}

function formatReading({ value, bounded }: Reading, metric: MetricDefinition): string {
  return `${bounded ? '>= ' : ''}${formatValue(value, metric.unit)}`;
}

/** Tag values as people say them; `concurrency` keeps its name, as a bare number says nothing. */
export function labelOf(tags: Tags): string {
  return Object.entries(tags)
    .toSorted(([a], [b]) => orderOf(a) - orderOf(b))
    .map(([key, value]) => (key === 'concurrency' ? `x${value}` : plain(value)))
    .join(' ');
}

function orderOf(tag: string): number {
  const index = groupTags.indexOf(tag);
  return index === -1 ? groupTags.length : index;
}

/** Counters and gauges in one line a variant: `lru: hit_ratio 72.5%, evictions 1.2k`. */
export function metricLines(result: RunResult): { readonly label: string; readonly text: string }[] {
  const shown = result.series.filter(
    (one) => one.kind !== 'histogram' && one.metric !== 'throughput' && worthShowing(one),
  );
  return [...Map.groupBy(shown, (one) => labelOf(one.tags)).entries()].map(([label, group]) => ({
    label,
    text: group.map((one) => `${one.metric} ${scalarOf(one, result)}`).join(', '),
  }));
}

function worthShowing(series: Series): boolean {
  return series.kind === 'gauge' || series.count > 0;
}

function scalarOf(series: Series, result: RunResult): string {
  if (series.kind === 'gauge') return formatValue(series.value ?? 0, series.unit);
  const rate = result.scenario.metrics.find((metric) => metric.name === series.metric)?.rate;
  if (rate === 'ratio') return `${formatCount(series.count)} (${formatValue(series.rate ?? 0, 'ratio')})`;
  return formatValue(series.rate ?? 0, series.unit, true);
}

/** What was measured for a target, in its unit: `1.53ms`, `>= 2.0s`, `no data`. */
export function actualOf(target: TargetResult): string {
  if (target.actual === null) return 'no data';
  return `${target.bounded ? '>= ' : ''}${formatValue(target.actual, target.unit, target.perSecond)}`;
}

/** `+32%` inside the limit, `-5%` outside. */
export function marginOf(target: TargetResult): string {
  if (target.margin === null) return '';
  const percent = target.margin * 100;
  return `${percent >= 0 ? '+' : ''}${percent.toFixed(Math.abs(percent) < 10 ? 1 : 0)}%`;
}
