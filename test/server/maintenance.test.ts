import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveConfig } from '../../src/server/config/resolve-config.ts';
import type { ServerConfig } from '../../src/server/config/server-config.ts';
import { startMaintenance } from '../../src/server/maintenance.ts';
import { createMeanSince } from '../../src/server/metrics/mean-since.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

function setUp(config: Partial<ServerConfig> = {}) {
  const clock = new VirtualClock();
  const counts = { sweeps: 0, leftOvers: 0 };
  const log: string[] = [];
  const responses = createMeanSince();
  const now = { utilization: 0 };
  const maintenance = startMaintenance(
    { ...resolveConfig().config, ...config },
    { timers: clock, log: (line) => void log.push(line) },
    {
      live: {
        sweep: () => counts.sweeps++,
        sendLeftOver: () => counts.leftOvers++,
        stats: () => ({
          clients: 1,
          watchers: 2,
          waitingBatches: 0,
          messages: 30,
          frames: 4,
          batches: 3,
          positionFrames: 0,
          droppedPositionFrames: 0,
          slowReaders: 0,
          idleClients: 0,
        }),
      },
      upstream: {
        stats: () => ({ calls: 9, failures: 0, connected: 2, utilization: now.utilization, pool: null }),
      },
      chat: { stats: () => ({}) },
      responses,
    },
  );
  return { clock, counts, log, responses, now, maintenance };
}

test('comes as often as documented: clients every 5 min, batches every 30 s, the log every 5 min', async () => {
  const { clock, counts, log, maintenance } = setUp();
  await clock.advance(3_600_000);
  assert.deepEqual(counts, { sweeps: 12, leftOvers: 120 });
  assert.equal(log.length, 12);
  assert.equal(
    log[0],
    'metrics: cache hit ratio 100%, 3 WebSocket clients, 30 messages in 4 frames, 9 upstream calls over 2 connections',
  );
  maintenance.stop();
  assert.equal(clock.pending.length, 0);
});

test('warns once when a threshold is crossed, and once when it is well again', async () => {
  const { clock, log, responses, now } = setUp({ metricsLogMs: 86_400_000 });
  responses.add(501);
  now.utilization = 0.81;
  await clock.advance(10_000);
  responses.add(900);
  await clock.advance(10_000);
  responses.add(20);
  now.utilization = 0.8;
  await clock.advance(30_000);
  assert.deepEqual(log, [
    'warning: response time 501ms on average, threshold 500ms',
    'warning: connection pool 81% in use, threshold 80%',
    'well again: response time 20ms on average, threshold 500ms',
    'well again: connection pool 80% in use, threshold 80%',
  ]);
});

test('says nothing with monitoring off', async () => {
  const { clock, log, now } = setUp({ monitoring: false });
  now.utilization = 1;
  await clock.advance(3_600_000);
  assert.deepEqual(log, []);
});
