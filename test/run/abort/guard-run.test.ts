import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createFailureWatch } from '../../../src/run/abort/failure-watch.ts';
import { guardRun } from '../../../src/run/abort/guard-run.ts';
import { metricCatalogue } from '../../../src/model/metrics.ts';
import { encode, interval, range, target } from '../../helpers/results.ts';
import { loadPlan } from '../../load/plans.ts';
import type { Interval } from '../../../src/model/interval.ts';
import type { TargetPlan } from '../../../src/model/plan.ts';
import type { RunGuard } from '../../../src/run/abort/guard-run.ts';

const second = 1e9;

function requests(at: number, failed: number, of: number, more: Partial<Interval> = {}): Interval {
  return interval({
    startNs: at * second,
    counters: [{ metric: 'errors', tags: { name: 'get' }, count: failed, of }],
    errors:
      failed === 0 ? [] : [{ class: 'refused', tags: {}, count: failed, example: 'connect ECONNREFUSED' }],
    ...more,
  });
}

/** A watch whose clock is at the end of the last interval that it saw. */
function watching(
  targets: readonly TargetPlan[],
  { stopOnFailures = true, signal = new AbortController().signal } = {},
): RunGuard {
  let now = 0;
  const plan = loadPlan({ targets, metrics: metricCatalogue.load });
  const watch = guardRun(plan, { signal, stopOnFailures, now: () => now });
  return {
    ...watch,
    see: (one) => {
      now = Math.max(now, one.startNs + one.durationNs);
      watch.see(one);
    },
  };
}

describe('the safety abort', () => {
  test('stops a load when every request has failed for ten seconds, and says with what', () => {
    const watch = watching([]);
    for (const at of range(9, (index) => index)) watch.see(requests(at, 20, 20));
    assert.equal(watch.aborted(), null);
    assert.equal(watch.signal.aborted, false);
    watch.see(requests(9, 20, 20));
    assert.match(
      watch.aborted() ?? '',
      /^aborted after 10\.0s: 100% of the last 200 requests failed \(refused: connect ECONNREFUSED\); --no-abort/,
    );
    assert.equal(watch.signal.aborted, true);
    watch.destroy();
  });

  test('is off when the caller says so, and for a bench', () => {
    const watch = watching([], { stopOnFailures: false });
    for (const at of range(30, (index) => index)) watch.see(requests(at, 20, 20));
    assert.equal(watch.aborted(), null);
    watch.destroy();
  });

  test('counts a warm-up too', () => {
    const watch = watching([]);
    for (const at of range(10, (index) => index)) watch.see(requests(at, 20, 20, { measured: false }));
    assert.notEqual(watch.aborted(), null);
    watch.destroy();
  });

  test('says nothing after the caller has stopped the run', () => {
    const stop = new AbortController();
    const watch = watching([], { signal: stop.signal });
    stop.abort();
    for (const at of range(20, (index) => index)) watch.see(requests(at, 20, 20));
    assert.equal(watch.aborted(), null);
    assert.equal(watch.signal.aborted, true);
    watch.destroy();
  });

  test('fires exactly when the last ten seconds hold 100 failures and more than 95 % of all', () => {
    const seconds = fc.array(fc.record({ failed: fc.nat(30), ok: fc.nat(3) }), {
      minLength: 10,
      maxLength: 30,
    });
    fc.assert(
      fc.property(seconds, (loads) => {
        const watch = createFailureWatch();
        for (const [at, { failed, ok }] of loads.entries()) {
          watch.see(requests(at, failed, failed + ok));
          const last = loads.slice(Math.max(0, at - 9), at + 1);
          const failures = last.reduce((sum, one) => sum + one.failed, 0);
          const attempts = failures + last.reduce((sum, one) => sum + one.ok, 0);
          const expected = at >= 9 && failures >= 100 && failures > attempts * 0.95;
          assert.equal(watch.failure() !== null, expected, `second ${at}`);
        }
      }),
    );
  });

  test('sees what several threads report of one second, and what ended late, in that second', () => {
    const watch = createFailureWatch();
    for (const at of range(10, (index) => index)) {
      watch.see(requests(at, 10, 10));
      watch.see(requests(at, 10, 10));
      watch.see(requests(at, 10, 10, { startNs: at * second, durationNs: 0 }));
    }
    assert.match(watch.failure() ?? '', /100% of the last 300 requests/);
  });
});

describe('a target with abort', () => {
  const errors = target('errors rate < 5%', { abort: { afterSamples: 100 } });
  const slow = target('response_time p90 < 10ms', { abort: { afterSamples: 200 } });
  const sample = (at: number, latencyNs: number, count: number, censored = 0): Interval =>
    interval({
      startNs: at * second,
      histograms: [
        {
          metric: 'response_time',
          tags: { name: 'get' },
          data: encode(range(count, () => latencyNs)),
          censored: encode(range(censored, () => latencyNs)),
        },
      ],
    });

  test('stops the run when it fails, with what was measured', () => {
    const watch = watching([errors]);
    watch.see(requests(0, 0, 60));
    watch.see(requests(1, 10, 60));
    assert.equal(
      watch.aborted(),
      'aborted after 2.00s: target failed: errors rate < 5% (8.33% on 120 samples)',
    );
    watch.destroy();
  });

  test('waits for its samples', () => {
    const watch = watching([errors]);
    watch.see(requests(0, 50, 99));
    assert.equal(watch.aborted(), null);
    watch.see(requests(1, 0, 1));
    assert.match(watch.aborted() ?? '', /50\.0% on 100 samples/);
    watch.destroy();
  });

  test('fails on a percentile among operations that never completed', () => {
    const watch = watching([slow]);
    watch.see(sample(0, 1e6, 150, 100));
    assert.match(watch.aborted() ?? '', /response_time p90 < 10ms \(>= 1\.00ms on 250 samples\)/);
    watch.destroy();
  });

  test('does not look at a warm-up, and a target without abort stops nothing', () => {
    const watch = watching([slow, target('errors rate < 1%')]);
    watch.see({ ...sample(0, 1e9, 500), measured: false });
    watch.see(requests(1, 500, 500));
    assert.equal(watch.aborted(), null);
    watch.destroy();
  });

  test('judges at most once a second, however many threads report', () => {
    let now = 0;
    const plan = loadPlan({ targets: [errors], metrics: metricCatalogue.load });
    const watch = guardRun(plan, {
      signal: new AbortController().signal,
      stopOnFailures: true,
      now: () => now,
    });
    watch.see(requests(0, 0, 200));
    watch.see(requests(0, 200, 200));
    assert.equal(watch.aborted(), null);
    now = second;
    watch.see(requests(1, 0, 1));
    assert.match(watch.aborted() ?? '', /49\.9% on 401 samples/);
    watch.destroy();
  });
});
