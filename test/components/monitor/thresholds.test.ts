import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createMonitor } from '../../../src/components/monitor/index.ts';
import type { Alert, ThresholdRule } from '../../../src/components/monitor/index.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

/** Values of the metric a second apart; undefined: none. */
async function watch(rule: Omit<ThresholdRule, 'name' | 'metric'>, values: readonly (number | undefined)[]) {
  const clock = new VirtualClock();
  const alerts: Alert[] = [];
  const monitor = createMonitor({
    now: clock.nowMs,
    timers: clock,
    systemMetrics: false,
    thresholds: [{ name: 'rule', metric: 'm', ...rule }],
    onAlert: (alert) => alerts.push(alert),
  });
  const gauge = monitor.gauge('m');
  for (const value of values) {
    gauge.set(value ?? NaN);
    await clock.advance(1_000);
  }
  return { alerts, raised: monitor.stats().alerts };
}

describe('thresholds', () => {
  for (const metric of [
    'processing_latency.p99_ms',
    'storage_latency.p99_ms',
    'rss_bytes',
    'cpu_ms',
    'disk_written_bytes',
  ]) {
    test(`T10: an alert on ${metric} is raised when its limit is passed, and cleared when it is kept again`, async () => {
      const { alerts } = await watch({ above: 500 }, [100, 501, 600, 500, 100]);
      assert.deepEqual(
        alerts.map(({ state, value, atMs }) => [state, value, atMs]),
        [
          ['raised', 501, 2_000],
          ['cleared', 500, 4_000],
        ],
        metric,
      );
    });
  }

  test('T10: a short peak raises nothing where it must last', async () => {
    const { alerts } = await watch({ above: 10, forMs: 2_000 }, [20, 20, 5, 20, 20, 20, 20]);
    assert.deepEqual(
      alerts.map(({ atMs }) => atMs),
      [6_000],
    );
  });

  test('T10: within the hysteresis an alert stays', async () => {
    const { alerts, raised } = await watch({ below: 0.7, hysteresis: 0.1 }, [0.9, 0.6, 0.75, 0.69, 0.79]);
    assert.deepEqual(
      alerts.map(({ state }) => state),
      ['raised'],
    );
    assert.equal(raised[0]?.value, 0.6);
    const cleared = await watch({ below: 0.7, hysteresis: 0.1 }, [0.6, 0.81]);
    assert.deepEqual(
      cleared.alerts.map(({ state }) => state),
      ['raised', 'cleared'],
    );
    assert.deepEqual(cleared.raised, []);
  });

  test('what is not known neither raises nor clears', async () => {
    const { alerts, raised } = await watch({ above: 10 }, [undefined, 20, undefined, undefined]);
    assert.deepEqual(
      alerts.map(({ state }) => state),
      ['raised'],
    );
    assert.equal(raised.length, 1);
  });

  test('whatever the values, alerts are raised and cleared in turn, each for a value beyond its limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }), { maxLength: 40 }),
        fc.record({
          above: fc.constant(10),
          forMs: fc.integer({ min: 0, max: 3_000 }),
          clearForMs: fc.integer({ min: 0, max: 3_000 }),
          hysteresis: fc.integer({ min: 0, max: 5 }),
        }),
        async (values, rule) => {
          const { alerts } = await watch(rule, values);
          for (const [index, { state, value }] of alerts.entries()) {
            assert.equal(state, index % 2 === 0 ? 'raised' : 'cleared');
            assert.ok(state === 'raised' ? value > 10 : value <= 10 - rule.hysteresis);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('refuses rules that mean nothing', () => {
    const make = (...thresholds: ThresholdRule[]) => createMonitor({ thresholds, systemMetrics: false });
    assert.throws(() => make({ name: 'a', metric: 'm' }), /one of `above` and `below`/);
    assert.throws(() => make({ name: 'a', metric: 'm', above: 1, below: 2 }), /one of/);
    assert.throws(() => make({ name: 'a', metric: 'm', above: NaN }), /Expected `above` to be a number/);
    assert.throws(() => make({ name: 'a', metric: 'm', above: 1, hysteresis: -1 }), /hysteresis/);
    assert.throws(() => make({ name: '', metric: 'm', above: 1 }), /Expected `name`/);
    const one = { name: 'a', metric: 'm', above: 1 };
    assert.throws(() => make(one, one), /unique/);
  });
});
