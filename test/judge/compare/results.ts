import { judge } from '../../../src/judge/judge.ts';
import { createRandom } from '../../../src/measure/random.ts';
import { counterSeries, gaugeSeries, histogramSeries, measured, range } from '../../helpers/results.ts';
import type { Tags } from '../../../src/model/interval.ts';
import type { RunResult, Series, SuiteResult } from '../../../src/model/result.ts';

/** Results as the engines leave them, with known truths in them. */

type Measured = Omit<RunResult, 'verdict'>;

export function judged(result: Measured): RunResult {
  return { ...result, verdict: judge(result, []) };
}

export function suite(...results: readonly RunResult[]): SuiteResult {
  return {
    schema: 'perfkit/suite@1',
    perfkit: '0.0.0',
    started: '2026-01-02T03:04:05.678Z',
    durationNs: 1,
    results,
    verdict: { outcome: 'pass', reasons: [], targets: [] },
  };
}

interface BenchTruth {
  readonly rounds?: number;
  /** Mean time of an operation. */
  readonly opNs?: number;
  /** Share by which rounds differ from each other. */
  readonly spread?: number;
  readonly perRound?: number;
  readonly seed?: number;
  readonly hitRatio?: number;
  readonly more?: Partial<Measured>;
}

/** A bench of one subject: every round has a level of its own, and its operations spread around it. */
export function bench(truth: BenchTruth = {}): RunResult {
  const { rounds = 5, opNs = 10_000, spread = 0.01, perRound = 1000, seed = 1, hitRatio = 0.8 } = truth;
  const random = createRandom(seed);
  const levels = range(rounds, () => opNs * (1 + spread * (2 * random.next() - 1)));
  const values = levels.map((level) => range(perRound, () => level * (0.9 + 0.2 * random.next())));
  const tags = { subject: 'it' };
  const seriesOf = (times: readonly number[], readings = 1): Series[] => [
    histogramSeries('op_duration', tags, times),
    counterSeries(
      'throughput',
      tags,
      times.length,
      times.reduce((sum, time) => sum + time, 0),
    ),
    counterSeries('errors', tags, 0, times.length),
    { ...gaugeSeries('hit_ratio', tags, hitRatio), count: readings },
    { ...gaugeSeries('cpu', tags, 0.5 + random.next() / 2), count: readings },
  ];
  const made = measured(seriesOf(values.flat(), rounds), {
    intervals: values.map((times, index) => ({
      startNs: index,
      durationNs: 1,
      tags: { subject: 'it', round: String(index + 1) },
      measured: true,
      series: seriesOf(times),
    })),
    ...truth.more,
  });
  return judged({ ...made, scenario: { ...made.scenario, kind: 'bench' } });
}

interface LoadTruth {
  readonly seconds?: number;
  readonly responseNs?: number;
  readonly perSecond?: number;
  readonly errorRate?: number;
  readonly names?: readonly string[];
  readonly seed?: number;
  readonly censored?: number;
  readonly more?: Partial<Measured>;
}

/** A load of one phase. */
export function load(truth: LoadTruth = {}): RunResult {
  const { seconds = 30, responseNs = 2e6, perSecond = 100, errorRate = 0, seed = 1, censored = 0 } = truth;
  const names = truth.names ?? ['list'];
  const random = createRandom(seed);
  const slow = range(censored, () => 10e9);
  const seriesOf = (tags: Tags, times: readonly number[], failed: number, length: number): Series[] => [
    histogramSeries('response_time', tags, times, length > 1 ? range(censored * length, () => 10e9) : slow),
    counterSeries('throughput', tags, times.length, length * 1e9),
    counterSeries('errors', tags, failed, times.length + failed),
  ];
  const failures = Math.round(perSecond * errorRate);
  const drawn = names.map((name) => ({
    tags: { phase: 'main', name },
    slices: range(seconds, () =>
      range(perSecond - failures, () => responseNs * (0.5 + random.next()) * (random.next() < 0.02 ? 5 : 1)),
    ),
  }));
  const intervals = range(seconds, (index) => ({
    startNs: index * 1e9,
    durationNs: 1e9,
    tags: { phase: 'main' },
    measured: true,
    series: drawn.flatMap(({ tags, slices }) => seriesOf(tags, slices[index] ?? [], failures, 1)),
  }));
  const totals = drawn.flatMap(({ tags, slices }) =>
    seriesOf(tags, slices.flat(), failures * seconds, seconds),
  );
  return judged(measured(totals, { durationNs: seconds * 1e9, intervals, ...truth.more }));
}
