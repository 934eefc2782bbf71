import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { resolveConfig } from '../../../src/server/config/resolve-config.ts';
import { alertRules } from '../../../src/server/monitoring/alert-rules.ts';
import { startTestServer } from '../start-test-server.ts';
import { startVirtualMonitoring } from './start-virtual-monitoring.ts';
import type { SaidByParts, VirtualMonitoring } from './start-virtual-monitoring.ts';

/** What makes a rule bad in the next sample, and what makes it well. */
interface Trouble {
  readonly rule: string;
  readonly bad: (said: SaidByParts, server: VirtualMonitoring) => void;
  readonly well: (said: SaidByParts, server: VirtualMonitoring) => void;
  /** In a row. @default 1 */
  readonly samples?: number;
}

const perSample = 10;

function replies(status: number, durationMs: number, count = 100) {
  return (_said: SaidByParts, { monitoring }: VirtualMonitoring): void => {
    for (let reply = 0; reply < count; reply++) monitoring.replied(status, durationMs);
  };
}

function lookups(hits: number, misses: number) {
  return (said: SaidByParts): void => {
    said.hits += hits;
    said.misses += misses;
  };
}

function system(metric: string, value: number) {
  return (said: SaidByParts): void => void (said.system[metric] = value);
}

/** Of a total: so much more each second. */
function growing(metric: string, perSecond: number) {
  return (said: SaidByParts): void => {
    said.system[metric] = (said.system[metric] ?? 0) + perSecond * perSample;
  };
}

function transactions(count: number, ms: number) {
  return (said: SaidByParts): void => {
    said.transactions += count;
    said.transactionMs += count * ms;
  };
}

function calls(count: number, failures: number) {
  return (said: SaidByParts): void => {
    said.calls += count;
    said.failures += failures;
  };
}

const troubles: readonly Trouble[] = [
  { rule: 'cache_hit_rate', bad: lookups(69, 31), well: lookups(80, 20) },
  { rule: 'response_time', bad: replies(200, 501), well: replies(200, 400) },
  {
    rule: 'connection_pool',
    bad: (said) => void (said.utilization = 0.81),
    well: (said) => void (said.utilization = 0.5),
  },
  {
    rule: 'error_rate',
    bad: (...args) => {
      replies(200, 1, 98)(...args);
      replies(500, 1, 2)(...args);
    },
    well: replies(404, 1),
  },
  { rule: 'upstream_failures', bad: calls(100, 6), well: calls(100, 0) },
  { rule: 'memory', bad: system('rss_bytes', 600e6), well: system('rss_bytes', 400e6) },
  { rule: 'cpu', bad: growing('cpu_ms', 950), well: growing('cpu_ms', 500), samples: 2 },
  {
    rule: 'loop_delay',
    bad: system('loop_delay_p99_ms', 150),
    well: system('loop_delay_p99_ms', 5),
    samples: 2,
  },
  { rule: 'storage_time', bad: transactions(3, 101), well: transactions(3, 10) },
  {
    rule: 'disk_writes',
    bad: growing('disk_written_bytes', 110e6),
    well: growing('disk_written_bytes', 1e6),
  },
];

describe('alerts', () => {
  test('there is a trouble here for every rule', () => {
    assert.deepEqual(
      troubles.map(({ rule }) => rule),
      alertRules(resolveConfig().config).map(({ name }) => name),
    );
  });

  for (const { rule, bad, well, samples = 1 } of troubles) {
    test(`T10: ${rule} is raised when its documented threshold is crossed, and cleared when it is well again`, async () => {
      const server = startVirtualMonitoring();
      const { said, monitoring, events, nextSample } = server;
      const raised = (): readonly string[] => monitoring.alerts.raised().map((alert) => alert.rule);
      well(said, server);
      await nextSample();
      assert.deepEqual(raised(), []);
      for (let sample = 1; sample <= samples; sample++) {
        assert.deepEqual(raised(), []);
        bad(said, server);
        await nextSample();
      }
      assert.deepEqual(raised(), [rule]);
      bad(said, server);
      await nextSample();
      well(said, server);
      await nextSample();
      assert.deepEqual(raised(), []);
      // Once each, however long it lasted.
      assert.deepEqual(
        events.map(({ event, fields }) => [event, fields?.['rule']]),
        [
          ['alert_raised', rule],
          ['alert_cleared', rule],
        ],
      );
      assert.equal(monitoring.alerts.counts().get(rule), 1);
    });
  }

  test('T10: one at its limit does not flap: it is cleared only when the value is 5 % better', async () => {
    const { said, monitoring, events, nextSample } = startVirtualMonitoring();
    for (const utilization of [0.81, 0.8, 0.79, 0.81, 0.77, 0.82, 0.76]) {
      said.utilization = utilization;
      await nextSample();
    }
    assert.deepEqual(
      events.map(({ event }) => event),
      ['alert_raised', 'alert_cleared'],
    );
    assert.deepEqual(
      monitoring.alerts.recent().map(({ state, value }) => [state, value]),
      [
        ['cleared', 0.76],
        ['raised', 0.81],
      ],
    );
  });

  test('are told with figures, limit and time', async () => {
    const server = startVirtualMonitoring();
    lookups(61, 39)(server.said);
    await server.nextSample();
    assert.deepEqual(server.monitoring.alerts.raised(), [
      {
        rule: 'cache_hit_rate',
        state: 'raised',
        at: '2025-10-09T08:53:30.000Z',
        value: 0.61,
        limit: 0.7,
        message: 'cache hit ratio 61.0%, threshold 70.0%',
      },
    ]);
    assert.deepEqual(server.events, [
      {
        level: 'warn',
        event: 'alert_raised',
        message: 'cache hit ratio 61.0%, threshold 70.0%',
        fields: { rule: 'cache_hit_rate', metric: 'cache_hit_ratio', value: 0.61, limit: 0.7 },
      },
    ]);
  });

  test('a hit ratio is that of the last hundred look-ups or more, not of the whole past, and fewer say nothing', async () => {
    const { said, monitoring, nextSample } = startVirtualMonitoring();
    lookups(1_000_000, 0)(said);
    await nextSample();
    assert.equal(monitoring.latest()['cache_hit_ratio'], 1);
    lookups(0, 60)(said);
    await nextSample();
    assert.equal(monitoring.latest()['cache_hit_ratio'], undefined);
    lookups(0, 40)(said);
    await nextSample();
    assert.deepEqual([monitoring.latest()['cache_hit_ratio'], monitoring.alerts.raised().length], [0, 1]);
  });

  test('every threshold can be set', async () => {
    const { said, monitoring, nextSample } = startVirtualMonitoring({
      cacheHitRateThreshold: 0.5,
      connectionUtilizationThreshold: 0.9,
      memoryThresholdBytes: 700e6,
    });
    lookups(60, 40)(said);
    said.utilization = 0.85;
    said.system['rss_bytes'] = 650e6;
    await nextSample();
    assert.deepEqual(monitoring.alerts.raised(), []);
    said.utilization = 0.91;
    said.system['rss_bytes'] = 750e6;
    await nextSample();
    assert.deepEqual(
      monitoring.alerts.raised().map(({ rule }) => rule),
      ['connection_pool', 'memory'],
    );
  });

  test('a limit that nothing can be better than is still cleared', async () => {
    const { said, monitoring, nextSample } = startVirtualMonitoring({ cacheHitRateThreshold: 1 });
    lookups(99, 1)(said);
    await nextSample();
    assert.equal(monitoring.alerts.raised().length, 1);
    lookups(100, 0)(said);
    await nextSample();
    assert.equal(monitoring.alerts.raised().length, 0);
  });
});

test('T09: samples are taken at METRICS_INTERVAL, and the last METRICS_BUFFER_SIZE of them kept', async () => {
  const { clock, said, monitoring } = startVirtualMonitoring({
    metricsIntervalMs: 500,
    metricsBufferSize: 3,
  });
  for (let step = 1; step <= 5; step++) {
    said.utilization = step / 10;
    await clock.advance(500);
  }
  assert.deepEqual(monitoring.series('pool_utilization'), {
    atMs: [1_500, 2_000, 2_500],
    values: [0.3, 0.4, 0.5],
  });
  monitoring.stop();
  assert.equal(clock.pending.length, 0);
});

describe('a server', () => {
  test('tells at /alerts and /health what crossed its threshold', async (context) => {
    const server = await startTestServer(context, {
      config: { metricsIntervalMs: 100, memoryThresholdBytes: 1_048_576, responseTimeThresholdMs: 600_000 },
    });
    let health = await server.get('/health');
    while (health.json.status === 'ok') {
      await wait(10);
      health = await server.get('/health');
    }
    // One that is degraded answers all the same.
    assert.deepEqual([health.status, health.json.status], [200, 'degraded']);
    assert.match(health.json.reasons[0], /^memory of the process .*, threshold 1\.00MiB$/);
    const { monitoring, raised, recent } = (await server.get('/alerts')).json;
    assert.equal(monitoring, true);
    assert.deepEqual([raised[0].rule, recent.at(-1).rule], ['memory', 'memory']);
    assert.match((await server.get('/metrics')).text, /^alert_raised\{rule="memory"\} 1$/m);
    assert.ok(server.log.some((line) => line.startsWith('warning: memory of the process')));
  });

  test('without monitoring is never degraded, and says that it does not look', async (context) => {
    const server = await startTestServer(context, {
      config: { monitoring: false, memoryThresholdBytes: 1_048_576 },
    });
    assert.equal((await server.get('/health')).json.status, 'ok');
    assert.deepEqual((await server.get('/alerts')).json, { monitoring: false, raised: [], recent: [] });
    assert.doesNotMatch((await server.get('/metrics')).text, /alert_raised/);
  });
});
