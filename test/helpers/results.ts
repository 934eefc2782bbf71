import { Distribution } from '../../src/measure/distribution.ts';
import { Histogram } from '../../src/measure/histogram.ts';
import { metricCatalogue } from '../../src/model/metrics.ts';
import { parseTarget, resolveLimit } from '../../src/model/target.ts';
import type { Interval, Tags } from '../../src/model/interval.ts';
import type { MetricDefinition } from '../../src/model/metrics.ts';
import type { TargetPlan } from '../../src/model/plan.ts';
import type { RunResult, Series } from '../../src/model/result.ts';

/** Builders for results and targets: each test says only what matters to it. */

export function encode(values: Iterable<number>): Uint8Array {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  const data = histogram.count === 0 ? new Uint8Array(0) : histogram.encode();
  histogram.destroy();
  return data;
}

export function histogramSeries(
  metric: string,
  tags: Tags,
  values: readonly number[],
  censored: readonly number[] = [],
): Series {
  const distribution = new Distribution();
  distribution.addSlice({ data: encode(values), censored: encode(censored) });
  const series = { metric, tags, unit: 'ns' as const, ...distribution.toSeries() };
  distribution.destroy();
  return series;
}

export function counterSeries(metric: string, tags: Tags, count: number, of: number): Series {
  const scale = metric === 'errors' || metric === 'dropped_arrivals' ? 1 : 1e9;
  const rate = of > 0 ? { rate: (count * scale) / of } : {};
  return { metric, tags, unit: 'count', kind: 'counter', count, of, ...rate };
}

export function gaugeSeries(metric: string, tags: Tags, value: number): Series {
  return { metric, tags, unit: 'ratio', kind: 'gauge', count: 1, value, min: value, max: value };
}

type Measured = Omit<RunResult, 'verdict'>;

export function measured(series: readonly Series[], more: Partial<Measured> = {}): Measured {
  return {
    schema: 'perfkit/result@1',
    perfkit: '0.0.0',
    scenario: {
      name: 'example',
      kind: 'load',
      file: null,
      hash: '0123456789abcdef',
      seed: 1,
      tags: [],
      metrics: definitionsOf(series),
      reference: null,
      ...more.scenario,
    },
    environment: {
      node: 'v24.0.0',
      v8: '13',
      platform: 'linux',
      arch: 'x64',
      osRelease: '6',
      cpuModel: 'Example',
      cores: 2,
      cpuQuota: null,
      memoryBytes: 2 ** 34,
      ci: null,
      loadAverage1m: 0.1,
      clockCostNs: 30,
      fingerprint: 'fedcba9876543210',
    },
    started: '2026-01-02T03:04:05.678Z',
    durationNs: 10e9,
    complete: true,
    validity: { state: 'valid', reasons: [] },
    series,
    intervals: [],
    errors: [],
    ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'scenario')),
  };
}

function definitionsOf(series: readonly Series[]): MetricDefinition[] {
  const all = [...metricCatalogue.load, ...metricCatalogue.bench];
  return [...new Set(series.map((one) => one.metric))].flatMap(
    (name) => all.find((metric) => metric.name === name) ?? [],
  );
}

export function target(expr: string, more: Partial<TargetPlan> = {}): TargetPlan {
  const { limitText, limitOffset, ...parsed } = parseTarget(expr);
  const definition = [...metricCatalogue.load, ...metricCatalogue.bench].find(
    (metric) => metric.name === parsed.metric,
  );
  if (definition === undefined) throw new Error(`no metric ${parsed.metric}`);
  const limit = resolveLimit(limitText, limitOffset, definition, parsed.aggregation);
  return {
    id: null,
    expr,
    target: { ...parsed, limit },
    source: null,
    severity: 'error',
    line: null,
    ...more,
  };
}

export function interval(more: Partial<Interval> = {}): Interval {
  return {
    startNs: 0,
    durationNs: 1e9,
    tags: {},
    measured: true,
    histograms: [],
    counters: [],
    gauges: [],
    errors: [],
    ...more,
  };
}

export function range(count: number): number[];
export function range<T>(count: number, of: (index: number) => T): T[];
export function range(count: number, of: (index: number) => unknown = (index) => index + 1): unknown[] {
  return Array.from({ length: count }, (_, index) => of(index));
}
