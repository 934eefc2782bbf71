import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveConfig } from '../../src/server/config/resolve-config.ts';
import { startMaintenance } from '../../src/server/maintenance.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

function setUp({ isLogged = true } = {}) {
  const clock = new VirtualClock();
  const counts = { sweeps: 0, leftOvers: 0, logs: 0 };
  const maintenance = startMaintenance(
    resolveConfig().config,
    { timers: clock },
    {
      live: { sweep: () => counts.sweeps++, sendLeftOver: () => counts.leftOvers++ },
      logMetrics: isLogged ? () => counts.logs++ : null,
    },
  );
  return { clock, counts, maintenance };
}

test('C11: comes as often as documented: clients and the log every 5 min, batches every 30 s', async () => {
  const { clock, counts, maintenance } = setUp();
  await clock.advance(3_600_000);
  assert.deepEqual(counts, { sweeps: 12, leftOvers: 120, logs: 12 });
  maintenance.stop();
  assert.equal(clock.pending.length, 0);
});

test('tidies up without monitoring too, and logs nothing then', async () => {
  const { clock, counts } = setUp({ isLogged: false });
  await clock.advance(3_600_000);
  assert.deepEqual(counts, { sweeps: 12, leftOvers: 120, logs: 0 });
});
