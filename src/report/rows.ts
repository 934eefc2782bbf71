import { Distribution } from '../measure/distribution.ts';
import { elapsedNs, readGroup, selectGroups, variantTags } from '../measure/selection.ts';
import { isServerMetric } from '../model/metrics/server-metrics.ts';
import { rateUnitOf } from '../model/metrics.ts';
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
  const rows = result.scenario.metrics
    .filter((metric) => metric.kind === 'histogram' && !isServerMetric(metric.name))
    .flatMap((metric) =>
      groupsOf(result.series, metric)
        .filter((group) => metric.name !== 'loop_delay' || group.some(({ max = 0 }) => max >= blockedNs))
        .flatMap((group) => rowsOfGroup(result, metric, group)),
    );
  return rows.filter((row) => row.metric !== 'time_to_first_byte' || !saysTheSame(row, rows));
}

/** The generator's event loop is told of when something held it up, not for the grain of its timers. */
const blockedNs = 50e6;

/** Replies that come in one piece have their first byte when they are complete: one row tells both. */
function saysTheSame({ label, values }: LatencyRow, rows: readonly LatencyRow[]): boolean {
  const service = rows.find((row) => row.metric === 'service_time' && row.label === label);
  return service !== undefined && values.every((value, index) => value === service.values[index]);
}

function groupsOf(series: readonly Series[], metric: MetricDefinition): Series[][] {
  const matching = series.filter((one) => one.metric === metric.name && one.count > 0);
  return [...Map.groupBy(matching, (one) => JSON.stringify(groupTags.map((tag) => one.tags[tag]))).values()];
}

function rowsOfGroup(result: RunResult, metric: MetricDefinition, group: readonly Series[]): LatencyRow[] {
  const [first] = group;
  const shared = sharedTags(first?.tags ?? {});
  const throughput = throughputOf(result.series, metric, shared);
  if (first !== undefined && group.length === 1) return [rowOf(metric, group, first.tags, throughput)];
  // the parts of the other clocks say little that their whole does not, and fill the screen
  if (!operationMetrics.includes(metric.name)) return [rowOf(metric, group, shared, throughput)];
  const parts = group.map((one) =>
    rowOf(metric, [one], one.tags, throughputOf(result.series, metric, one.tags)),
  );
  return [rowOf(metric, group, shared, throughput), ...parts];
}

/** The tags of a group, without those that name a part of it. */
function sharedTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([tag]) => groupTags.includes(tag)));
}

function rowOf(
  metric: MetricDefinition,
  series: readonly Series[],
  tags: Tags,
  throughput: string,
): LatencyRow {
  const distribution = new Distribution();
  try {
    for (const one of series) distribution.addSeries(one);
    const readings = [...percentiles.map((percentile) => distribution.valueAt(percentile)), distribution.max];
    return {
      metric: plain(metric.name),
      label: labelOf(tags),
      count: formatCount(distribution.count),
      throughput,
      values: readings.map((reading) => formatReading(reading, metric)),
      censored: distribution.censoredCount,
      note: series[0]?.note ?? null,
    };
  } finally {
    distribution.destroy();
  }
}

const operationMetrics = ['op_duration', 'response_time'];

/** Completed operations a second of the work with these tags; empty where the metric is not about operations. */
function throughputOf(series: readonly Series[], metric: MetricDefinition, tags: Tags): string {
  if (!operationMetrics.includes(metric.name)) return '';
  const matching = selectGroups(series, 'throughput', tags).flatMap((group) => group.series);
  const ns = elapsedNs(matching);
  return ns === 0 ? '' : `${formatCount((matching.reduce((sum, one) => sum + one.count, 0) * 1e9) / ns)}/s`;
}

function formatReading({ value, bounded }: Reading, metric: MetricDefinition): string {
  return `${bounded ? '>= ' : ''}${formatValue(value, metric.unit)}`;
}

/** Tag values as people say them; `concurrency` keeps its name, as a bare number says nothing. */
export function labelOf(tags: Tags): string {
  return Object.entries(tags)
    .toSorted(([a], [b]) => orderOf(a) - orderOf(b))
    .map(([key, value]) => plain(key === 'concurrency' ? `x${value}` : value))
    .join(' ');
}

function orderOf(tag: string): number {
  const index = groupTags.indexOf(tag);
  return index === -1 ? groupTags.length : index;
}

/** Metrics of the process that measures, apart from those of what is measured. */
const processMetrics = [
  'cpu',
  'rss',
  'rss_growth',
  'heap_used',
  'gc_time',
  'gc_count',
  'in_flight',
  'connections',
];

/** Counters and gauges, a line for what is measured and one for the process: `lru: hit_ratio 72.5%, evictions 1.2k`. */
export function metricLines(result: RunResult): { readonly label: string; readonly text: string }[] {
  const shown = result.series.filter(
    (one) => one.kind !== 'histogram' && one.metric !== 'throughput' && !isServerMetric(one.metric),
  );
  const groups = Map.groupBy(shown, (one) => labelOf(sharedTags(one.tags)));
  return [...groups].flatMap(([label, group]) =>
    [false, true].flatMap((ofProcess) => {
      const part = group.filter((one) => processMetrics.includes(one.metric) === ofProcess);
      const texts = [...Map.groupBy(part, (one) => one.metric)].flatMap(([metric, series]) =>
        scalarOf(metric, series, result),
      );
      return texts.length === 0 ? [] : [{ label, text: texts.join(', ') }];
    }),
  );
}

/** One metric of a group, its parts added up; nothing for a counter that counted nothing. */
function scalarOf(metric: string, series: readonly Series[], result: RunResult): string[] {
  const definition = result.scenario.metrics.find((one) => one.name === metric);
  if (definition === undefined) return [];
  if (definition.kind === 'gauge')
    return series.map((one) => `${plain(metric)} ${formatValue(one.value ?? 0, one.unit)}`);
  const rate = readGroup({ metric, variant: {}, series }, definition, { kind: 'rate' });
  const count = series.reduce((sum, one) => sum + one.count, 0);
  if (rate === null || count === 0) return [];
  if (definition.rate === 'ratio')
    return [`${plain(metric)} ${formatCount(count)} (${formatValue(rate.value, rateUnitOf(definition))})`];
  return [`${plain(metric)} ${formatValue(rate.value, definition.unit, true)}`];
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
