import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../../src/judge/judge.ts';
import { createLiveTargets } from '../../../src/run/live/live-targets.ts';
import { encode, interval, measured, range, target } from '../../helpers/results.ts';
import { planWith } from '../log/logged-runs.ts';
import type { Interval } from '../../../src/model/interval.ts';

const { environment } = measured([]);

function second(index: number, latencyNs: number, measuredToo = true): Interval {
  return interval({
    startNs: index * 1e9,
    tags: { phase: 'steady' },
    measured: measuredToo,
    histograms: [
      {
        metric: 'response_time',
        tags: {},
        data: encode(range(100, () => latencyNs)),
        censored: new Uint8Array(0),
      },
    ],
    counters: [{ metric: 'throughput', tags: {}, count: 100, of: 1e9 }],
  });
}

function states(exprs: readonly string[], intervals: readonly Interval[]): string[][] {
  const targets = createLiveTargets(planWith(exprs.map((expr) => target(expr))), environment, judge);
  const out = intervals.map((one) => {
    targets.add(one);
    return targets.judge().map(({ state }) => state);
  });
  targets.destroy();
  return out;
}

test('a target turns as the run goes on', () => {
  assert.deepEqual(states(['response_time mean < 2ms'], [second(0, 1e6), second(1, 9e6), second(2, 1e6)]), [
    ['holds'],
    ['fails'],
    ['fails'],
  ]);
});

test('a window that failed stays failed', () => {
  const fast = range(8, (index) => second(index + 4, 1e6));
  const seen = states(
    ['response_time p50 < 2ms over 2s'],
    [second(0, 1e6), second(1, 1e6), second(2, 9e6), second(3, 9e6), ...fast],
  );
  assert.deepEqual(seen.flat(), ['open', 'holds', 'holds', 'fails', ...fast.map(() => 'fails')]);
});

test('what cannot be told before the end is open', () => {
  const open = states(
    [
      'throughput count >= 250',
      'throughput count == 250',
      'response_time p99.9 < 1s',
      'response_time p50 < 1s in later',
    ],
    [second(0, 1e6)],
  );
  assert.deepEqual(open, [['open', 'open', 'open', 'open']]);
  const seen = states(
    ['throughput count >= 250', 'throughput count == 250', 'throughput count < 250'],
    range(3, (index) => second(index, 1e6)),
  );
  assert.deepEqual(seen.at(-1), ['holds', 'fails', 'fails']);
});

test('a warm-up is not judged, and a slope only at the end', () => {
  assert.deepEqual(states(['response_time p50 < 2ms'], [second(0, 9e6, false)]), [['open']]);
  assert.deepEqual(states(['response_time slope < 1ms/s'], [second(0, 9e6)]), [[]]);
});
