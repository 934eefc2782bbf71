import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { parseExposition } from '../../../src/run/server/parse-exposition.ts';
import type { Exposition } from '../../../src/run/server/parse-exposition.ts';
import { startTestServer } from '../start-test-server.ts';
import type { TestServer } from '../start-test-server.ts';

const question = { conversation: 'c1', question: 'What about rivers and boats?' };

async function scrape(server: TestServer): Promise<Exposition> {
  return parseExposition((await server.get('/metrics')).text);
}

function valueOf({ samples }: Exposition, name: string): number {
  const found = samples.find((sample) => sample.name === name);
  assert.ok(found !== undefined, `${name} is not in the exposition`);
  return found.value;
}

async function jobDone(server: TestServer, id: string): Promise<void> {
  while ((await server.get(`/jobs/${id}`)).json.state !== 'done') await wait(5);
}

async function watchFrames(context: TestContext, server: TestServer): Promise<void> {
  const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/frames`);
  context.after(() => socket.terminate());
  await once(socket, 'open');
  while (valueOf(await scrape(server), 'mp_navigation_fps') === 0) await wait(50);
  socket.close();
}

/** A bit of everything that the server does. */
async function useAll(context: TestContext, server: TestServer): Promise<void> {
  await server.post('/messages', question);
  await server.post('/messages', question);
  await server.get('/patterns?limit=2');
  const body = { id: 'mine', type: 'routine', domain: 'tests', confidence: 0.5, body: { a: 1 } };
  await server.post('/patterns', { patterns: [body, { ...body, id: 'mine-2' }] });
  const full = await server.post('/sync', { cursor: null });
  await server.post('/sync', { changes: [{ id: 'record-00000003', value: 1 }] });
  await server.post('/sync', { cursor: full.json.cursor });
  const job = await server.post('/jobs', { kind: 'likeness', texts: ['a red house', 'red houses'] });
  await jobDone(server, job.json.id);
  await watchFrames(context, server);
}

test('F19: the documented metrics are there under their names and types, and each counts what was done', async (context) => {
  const server = await startTestServer(context);
  const before = await scrape(server);
  assert.deepEqual(
    [
      'cms_inference_seconds',
      'cms_cache_hits_total',
      'cms_memory_bytes',
      'mp_spatial_query_seconds',
      'mp_navigation_fps',
      'mp_memories_stored_total',
      'ta_analysis_seconds',
      'ta_confidence_score',
      'ta_gaps_processed_total',
    ].map((name) => before.types.get(name)),
    ['histogram', 'counter', 'gauge', 'histogram', 'gauge', 'counter', 'histogram', 'histogram', 'counter'],
  );
  const counts = [
    'cms_inference_seconds_count',
    'cms_cache_hits_total',
    'mp_spatial_query_seconds_count',
    'mp_memories_stored_total',
    'ta_analysis_seconds_count',
    'ta_confidence_score_count',
    'ta_gaps_processed_total',
  ];
  assert.deepEqual(
    counts.map((name) => valueOf(before, name)),
    [0, 0, 0, 0, 0, 0, 0],
  );
  await useAll(context, server);
  const after = await scrape(server);
  // One question of two was answered anew; two exchanges are four messages, and there are two patterns.
  assert.deepEqual(
    counts.map((name) => valueOf(after, name)),
    [1, 1, 1, 6, 1, 1, 1],
  );
  assert.ok(valueOf(after, 'cms_inference_seconds_sum') > 0);
  assert.ok(valueOf(after, 'ta_confidence_score_sum') <= 1);
  assert.ok(valueOf(after, 'cms_memory_bytes') > 1e6);
  assert.ok(valueOf(after, 'mp_navigation_fps') > 0);
});

test('S19: two servers in one process have metrics of their own', async (context) => {
  const [one, other] = [await startTestServer(context), await startTestServer(context)];
  await one.post('/messages', question);
  assert.equal(valueOf(await scrape(one), 'database_writes_total'), 1);
  assert.equal(valueOf(await scrape(other), 'database_writes_total'), 0);
});

test('S19: a real Prometheus reads the metrics without a complaint', async (context) => {
  const promtool = process.env['PROMTOOL'] ?? 'promtool';
  if (spawnSync(promtool, ['--version']).error !== undefined) {
    context.skip('promtool is not installed: it is in the Debian package `prometheus`; or set PROMTOOL');
    return;
  }
  const server = await startTestServer(context, { config: { metricsIntervalMs: 100 } });
  await useAll(context, server);
  await server.get('/nowhere');
  const { text } = await server.get('/metrics');
  const { status, stderr } = spawnSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
});

test('S19: what the monitor samples is told too: event loop, garbage collection, disk, alerts', async (context) => {
  const server = await startTestServer(context, { config: { metricsIntervalMs: 100 } });
  let page = await scrape(server);
  while (!page.samples.some(({ name }) => name === 'process_cpu_ratio')) {
    await wait(20);
    page = await scrape(server);
  }
  for (const name of ['nodejs_eventloop_lag_p99_seconds', 'nodejs_gc_time_ratio', 'process_open_fds'])
    assert.ok(valueOf(page, name) >= 0);
  const raised = page.samples.filter(({ name }) => name === 'alert_raised');
  assert.ok(raised.some(({ labels }) => labels['rule'] === 'response_time'));
});
