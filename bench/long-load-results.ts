import { Histogram } from '../src/measure/histogram.ts';
import { createCollector } from '../src/run/collector.ts';
import { createRandom } from '../src/measure/random.ts';
import { metricCatalogue } from '../src/model/metrics.ts';
import { judge } from '../src/judge/judge.ts';
import type { Random } from '../src/measure/random.ts';
import type { HistogramSlice, Interval } from '../src/model/interval.ts';
import type { RunResult } from '../src/model/result.ts';

/** What a long load leaves behind: how long it was, in how many intervals, with how many steps. */
export interface LongLoad {
  readonly seed: number;
  /** A result keeps 300 at most. */
  readonly intervals: number;
  readonly intervalNs: number;
  readonly names: readonly string[];
  /** Samples of one step in an interval. */
  readonly samples: number;
  readonly responseNs: number;
}

const clocks = ['response_time', 'service_time', 'schedule_lag', 'time_to_first_byte', 'download_time'];

/** The result of a load as the collector makes it; the same options give the same result. */
export function longLoadResult(load: LongLoad): RunResult {
  const metrics = metricCatalogue.load;
  const collector = createCollector(metrics);
  const random = createRandom(load.seed);
  for (let index = 0; index < load.intervals; index++) collector.add(intervalOf(load, index, random));
  const { series, intervals, errors } = collector.finish();
  collector.destroy();
  const used = metrics.filter(({ name }) => series.some((one) => one.metric === name));
  const measured = {
    schema: 'perfkit/result@1',
    perfkit: '0.0.0',
    scenario: {
      name: 'long',
      kind: 'load',
      file: null,
      hash: '0123456789abcdef',
      seed: 1,
      tags: [],
      metrics: used,
      reference: null,
    },
    environment,
    started: '2026-01-02T03:04:05.678Z',
    durationNs: load.intervals * load.intervalNs,
    complete: true,
    validity: { state: 'valid', reasons: [] },
    series,
    intervals,
    errors,
  } as const;
  return { ...measured, verdict: judge(measured, []) };
}

function intervalOf(load: LongLoad, index: number, random: Random): Interval {
  const counts = load.names.map((name) => ({ tags: { name }, count: load.samples }));
  return {
    startNs: index * load.intervalNs,
    durationNs: load.intervalNs,
    tags: { phase: 'main' },
    measured: true,
    histograms: load.names.flatMap((name) =>
      clocks.map((metric, place) => sliceOf(metric, name, load, place, random)),
    ),
    counters: counts.flatMap(({ tags, count }) => [
      { metric: 'throughput', tags, count, of: load.intervalNs },
      { metric: 'errors', tags, count: 0, of: count },
    ]),
    gauges: [{ metric: 'cpu', tags: {}, value: 0.3 + 0.1 * random.next() }],
    errors: [],
  };
}

/** Latencies with a long tail, around a level that differs a little from interval to interval. */
function sliceOf(
  metric: string,
  name: string,
  load: LongLoad,
  place: number,
  random: Random,
): HistogramSlice {
  const histogram = new Histogram();
  const level = (load.responseNs * (0.97 + 0.06 * random.next())) / (place + 1);
  for (let sample = 0; sample < load.samples; sample++) {
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    histogram.record(level * Math.exp(0.4 * normal));
  }
  const data = histogram.encode();
  histogram.destroy();
  return { metric, tags: { name }, data, censored: new Uint8Array(0) };
}

const environment = {
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
} as const;
