import { hasTags, readGroup } from '../measure/selection.ts';
import {
  isServerMetric,
  scrapeErrors,
  serverPrefix,
  serverProcessMetrics,
} from '../model/metrics/server-metrics.ts';
import { rateUnitOf } from '../model/metrics.ts';
import { parseTarget } from '../model/target.ts';
import { formatCount, formatValue } from '../model/units.ts';
import { plain } from './text.ts';
import type { Tags } from '../model/interval.ts';
import type { MetricDefinition } from '../model/metrics.ts';
import type { RunResult, Series } from '../model/result.ts';
import type { Aggregation } from '../model/target.ts';

/** One series of the server under load, over all measured phases. */
interface ServerRow {
  /** `http_requests_total{code="200"}` */
  readonly name: string;
  /** In the order of `serverColumns`; empty where its kind has no such value. */
  readonly values: readonly string[];
}

const serverColumns = ['mean', 'min', 'max', 'rate', 'total', 'p50', 'p95', 'p99'] as const;

const aggregations = [
  { kind: 'mean' },
  { kind: 'min' },
  { kind: 'max' },
  { kind: 'rate' },
  { kind: 'count' },
  { kind: 'percentile', percentile: 50 },
  { kind: 'percentile', percentile: 95 },
  { kind: 'percentile', percentile: 99 },
] as const satisfies readonly Aggregation[];

/** What each kind shows of itself; the mean, least and largest of buckets are not known. */
const shown = {
  gauge: ['mean', 'min', 'max'],
  counter: ['rate', 'count'],
  histogram: ['count', 'percentile'],
} satisfies Record<MetricDefinition['kind'], readonly Aggregation['kind'][]>;

const mostRows = 25;

export interface ServerTable {
  readonly columns: readonly string[];
  readonly rows: readonly ServerRow[];
  /** Series that there was no room for. */
  readonly more: number;
}

/** What was read of the server: its process first, then what targets name, then the rest. Null when nothing was. */
export function serverTable(result: RunResult): ServerTable | null {
  const targeted = new Set(result.verdict.targets.flatMap(({ expr }) => metricOf(expr)));
  const rankOf = ({ name }: MetricDefinition): number => {
    if (serverProcessMetrics.some((metric) => metric.name === name)) return 0;
    if (targeted.has(name)) return 1;
    return name === scrapeErrors.name ? 3 : 2;
  };
  const rows = result.scenario.metrics
    .filter(({ name }) => isServerMetric(name))
    .toSorted((a, b) => rankOf(a) - rankOf(b))
    .flatMap((metric) => rowsOf(metric, result.series));
  if (rows.length === 0) return null;
  const kept = rows.slice(0, mostRows);
  const used = serverColumns.map((_, index) => kept.some(({ values }) => values[index] !== ''));
  return {
    columns: serverColumns.filter((_, index) => used[index]),
    rows: kept.map(({ name, values }) => ({ name, values: values.filter((_, index) => used[index]) })),
    more: rows.length - kept.length,
  };
}

function metricOf(expr: string): string[] {
  try {
    return [parseTarget(expr).metric];
  } catch {
    // a result may come from a later version
    return [];
  }
}

/** One row a set of labels, its phases together; none for a failure count of 0. */
function rowsOf(metric: MetricDefinition, all: readonly Series[]): ServerRow[] {
  const own = all.filter((one) => one.metric === metric.name);
  const groups = Map.groupBy(own, (one) => JSON.stringify(labelsOf(one.tags)));
  return [...groups.values()].flatMap((series) => {
    const labels = labelsOf(series[0]?.tags ?? {});
    const group = {
      metric: metric.name,
      variant: {},
      series: series.filter((one) => hasTags(one.tags, labels)),
    };
    if (metric.name === scrapeErrors.name && series.every(({ count }) => count === 0)) return [];
    const values = aggregations.map((aggregation) => {
      const kinds: readonly string[] = shown[metric.kind];
      const reading = kinds.includes(aggregation.kind) ? readGroup(group, metric, aggregation) : null;
      if (reading === null) return '';
      const text = valueText(metric, aggregation, reading.value);
      if (reading.bounded) return `> ${text}`;
      return metric.buckets === true && aggregation.kind === 'percentile' ? `<= ${text}` : text;
    });
    return [{ name: plain(`${metric.name.slice(serverPrefix.length)}${labelText(labels)}`), values }];
  });
}

function valueText(metric: MetricDefinition, { kind }: Aggregation, value: number): string {
  if (kind === 'count')
    return metric.kind === 'counter' ? formatValue(value, metric.unit) : formatCount(value);
  if (kind !== 'rate') return formatValue(value, metric.unit);
  if (metric.rate !== 'ratio') return formatValue(value, metric.unit, true);
  return `${formatValue(value, rateUnitOf(metric))}${metric.unit === 'count' ? '' : '/op'}`;
}

function labelsOf(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => name !== 'phase'));
}

function labelText(labels: Tags): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}:${value}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
