import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { test } from 'node:test';
import type { Backend } from '../../../src/server/balancer/backend.ts';
import { startHealthChecks } from '../../../src/server/balancer/health-checks.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

test('three failures in a row take a backend out, one success brings it back', async () => {
  const clock = new VirtualClock();
  const backend: Backend = {
    id: 1,
    port: 1,
    agent: new Agent(),
    underWay: new Set(),
    isUp: true,
    inFlight: 0,
    sockets: 0,
    requests: 0,
    failures: 0,
  };
  const answers = [false, false, true, false, false, false, false, true];
  const seen: boolean[] = [];
  const changes: boolean[] = [];
  const checks = startHealthChecks([backend], {
    timers: clock,
    probe: async () => answers.shift() ?? true,
    onChange: ({ isUp }) => void changes.push(isUp),
  });
  for (let second = 0; second < 8; second++) {
    await clock.advance(1_000);
    seen.push(backend.isUp);
  }
  assert.deepEqual(seen, [true, true, true, true, true, false, false, true]);
  assert.deepEqual(changes, [false, true]);
  checks.stop();
  assert.equal(clock.pending.length, 0);
});
