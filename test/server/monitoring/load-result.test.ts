import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../../src/judge/judge.ts';
import { plan } from '../../../src/run/prepare.ts';
import { run } from '../../../src/run/run.ts';
import { startTestServer } from '../start-test-server.ts';

/** What the documentation says is to be tracked, as targets that anything passes that was measured. */
const tracked = [
  'response_time p50 < 1h',
  'response_time p95 < 1h',
  'response_time p99 < 1h',
  'errors rate <= 100%',
  'server.http_requests_total{status:404} rate >= 0/s',
  'server.errors_total{class:not_found} count >= 1',
  'server.process_resident_memory_bytes max > 0B',
  'server.process_resident_memory_bytes mean > 0B',
  'server.process_cpu_seconds_total rate >= 0s/s',
  'server.mp_spatial_query_seconds p95 < 1h',
  'server.database_transaction_seconds_total rate >= 0s/s',
  'server.pool_utilization max <= 100%',
  'server.pool_utilization mean <= 100%',
  'server.cache_hit_ratio value >= 0%',
];

test('S18: a load result has percentiles, errors by status, memory, CPU, query times and the pool of the server', async (context) => {
  const server = await startTestServer(context, { config: { metricsIntervalMs: 100 } });
  const scenario = {
    version: 1,
    kind: 'load',
    name: 'tracked',
    target: { http: server.origin },
    server: { metrics: '/metrics', every: '200ms' },
    phases: [{ name: 'steady', for: '3s', rate: '60/s' }],
    flows: [
      {
        name: 'mix',
        steps: [
          { get: '/patterns?limit=2', name: 'query' },
          { post: '/messages', name: 'ask', json: { conversation: 'c1', question: 'What about boats?' } },
          { get: '/nowhere', name: 'missing', expect: { status: 404 } },
        ],
      },
    ],
    targets: tracked,
  };
  const planned = await plan({ file: null, scenario });
  assert.equal(planned.kind, 'load');
  const measured = await run(planned);
  const verdict = judge({ ...measured, validity: { state: 'valid', reasons: [] } }, planned.targets);
  assert.deepEqual(
    verdict.targets.map(({ expr, actual }) => [expr, actual !== null && Number.isFinite(actual)]),
    tracked.map((expr) => [expr, true]),
  );
});
