import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthOf } from '../../../src/server/monitoring/health.ts';

test('health is a word and, when not all is well, the reasons', () => {
  assert.deepEqual(healthOf({ isStopping: false, uptimeMs: 61_900, alerts: [] }), {
    status: 'ok',
    uptimeSeconds: 61,
  });
  assert.deepEqual(healthOf({ isStopping: false, uptimeMs: 5_000, alerts: ['cache hit ratio 61%'] }), {
    status: 'degraded',
    uptimeSeconds: 5,
    reasons: ['cache hit ratio 61%'],
  });
  assert.deepEqual(healthOf({ isStopping: true, uptimeMs: 5_000, alerts: ['x'] }), { status: 'stopping' });
});
