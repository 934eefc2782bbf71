import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { request } from 'node:http';
import { startTestServer } from './start-test-server.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import type { TestServer } from './start-test-server.ts';

const question = { conversation: 'c1', question: 'What about rivers and boats?' };

/** The bytes of a reply as they came, whatever their encoding. */
function raw(server: TestServer, path: string, body: unknown, accept: string) {
  return new Promise<{ encoding: string | undefined; bytes: Buffer; status: number }>((resolve, reject) => {
    const sent = request(
      `${server.origin}${path}`,
      { method: 'POST', headers: { 'accept-encoding': accept } },
      (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('end', () =>
          resolve({
            encoding: reply.headers['content-encoding'],
            bytes: Buffer.concat(chunks),
            status: reply.statusCode ?? 0,
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

function metric(text: string, name: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `) || one.startsWith(`${name}{`));
  assert.ok(line !== undefined, `${name} in ${text}`);
  return Number(line.slice(line.lastIndexOf(' ')));
}

describe('chat', () => {
  test('answers a question, and the same one from the cache whatever its case', async (context) => {
    const server = await startTestServer(context);
    const first = await server.post('/messages', question);
    assert.equal(first.status, 200);
    assert.equal(first.json.cached, false);
    assert.equal(first.json.messages, 2);
    assert.equal(first.json.module.topic, first.json.topic);
    const second = await server.post('/messages', { ...question, question: 'what about RIVERS and boats' });
    assert.equal(second.json.cached, true);
    assert.equal(second.json.messages, 4);
    assert.deepEqual([second.json.text, second.json.topic], [first.json.text, first.json.topic]);
  });

  test('answers anew each time without a cache', async (context) => {
    const server = await startTestServer(context, { config: { cache: false } });
    const replies = [await server.post('/messages', question), await server.post('/messages', question)];
    assert.deepEqual(
      replies.map(({ json }) => json.cached),
      [false, false],
    );
    assert.equal(metric((await server.get('/metrics')).text, 'upstream_calls_total'), 2);
  });

  test('answers without the module service when that is not there, and does not keep that answer', async (context) => {
    const server = await startTestServer(context, { upstreamPort: 1, config: { pool: false } });
    for (let attempt = 0; attempt < 2; attempt++) {
      const { status, json } = await server.post('/messages', question);
      assert.deepEqual([status, json.degraded, json.module, json.cached], [200, true, null, false]);
    }
  });

  test('keeps state and messages, and they are there after a restart', async (context) => {
    const dataFolder = temporaryFolder(context);
    const server = await startTestServer(context, { dataFolder });
    assert.equal((await server.get('/conversations/c1/state')).status, 404);
    await server.post('/messages', question);
    const state = await server.get('/conversations/c1/state');
    assert.equal(state.json.messages, 2);
    await server.stop();
    const again = await startTestServer(context, { dataFolder });
    assert.deepEqual((await again.get('/conversations/c1/state')).json, state.json);
    const messages = await again.get('/conversations/c1/messages?limit=1');
    assert.equal(messages.json.items[0].text, question.question);
    assert.equal(messages.json.next, 1);
  });

  test('streams a conversation with its state first, whole or in parts', async (context) => {
    for (const streaming of [true, false]) {
      const server = await startTestServer(context, { config: { streaming } });
      for (let index = 0; index < 60; index++) await server.post('/messages', question);
      const { status, text, headers } = await server.get('/stream/c1');
      assert.equal(status, 200);
      const parts = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).part);
      assert.deepEqual(parts, ['state', 'messages', 'messages', 'messages', 'patterns', 'end']);
      assert.equal(headers.has('content-length'), !streaming);
      assert.equal((await server.get('/stream/none')).status, 404);
    }
  });

  test('gives scenarios questions to ask, the same for the same number', async (context) => {
    const server = await startTestServer(context);
    const [first, again, other] = await Promise.all(
      [7, 7, 8].map(async (number) => (await server.get(`/questions/${number}`)).json.question),
    );
    assert.equal(first, again);
    assert.notEqual(first, other);
  });
});

describe('patterns', () => {
  test('are read by id, by ids and by query, and written many at once', async (context) => {
    const server = await startTestServer(context);
    const one = await server.get('/patterns/pattern-00000001');
    assert.equal(one.json.id, 'pattern-00000001');
    assert.equal((await server.get('/patterns/none')).status, 404);
    const several = await server.get('/patterns?ids=pattern-00000001,none,pattern-00000002');
    assert.equal(several.json.items.length, 2);
    const queried = await server.get(`/patterns?domain=${one.json.domain}&minConfidence=0&limit=2`);
    assert.equal(queried.json.items.length, 2);
    const pattern = { id: 'mine', type: 'routine', domain: 'tests', confidence: 0.5, body: { a: [1, 'x'] } };
    const stored = await server.post('/patterns', { patterns: [pattern, { ...pattern, id: 'mine-2' }] });
    assert.deepEqual([stored.status, stored.json], [201, { stored: 2 }]);
    assert.deepEqual((await server.get('/patterns/mine')).json.body, { a: [1, 'x'] });
  });
});

describe('sync', () => {
  const change = (id: string, value: unknown) => ({ changes: [{ id, value }] });

  test('sends everything first, then what changed, and not a byte when nothing did', async (context) => {
    const server = await startTestServer(context);
    const full = await server.post('/sync', { cursor: null });
    assert.deepEqual([full.json.full, full.json.changed.length, full.json.more], [true, 200, false]);
    const same = await server.post('/sync', { cursor: full.json.cursor });
    assert.deepEqual([same.status, same.text], [204, '']);
    const other = await server.post('/sync', {
      cursor: full.json.cursor,
      ...change('record-00000003', { mine: true }),
    });
    assert.deepEqual([other.json.full, other.json.changed], [false, []]);
    const delta = await server.post('/sync', { cursor: full.json.cursor });
    assert.deepEqual(delta.json.changed, [{ id: 'record-00000003', version: 201, value: { mine: true } }]);
    await server.post('/sync', {
      cursor: delta.json.cursor,
      changes: [{ id: 'record-00000004', deleted: true }],
    });
    const gone = await server.post('/sync', { cursor: delta.json.cursor });
    assert.deepEqual(gone.json.deleted, ['record-00000004']);
    const again = await server.post('/sync', { cursor: gone.json.cursor, full: true });
    assert.deepEqual([again.json.full, again.json.changed.length], [true, 199]);
  });

  test('starts anew for a cursor of another database, and is always full with deltas off', async (context) => {
    const server = await startTestServer(context);
    assert.equal((await server.post('/sync', { cursor: '0123456789ab:100' })).json.full, true);
    const off = await startTestServer(context, { config: { delta: false } });
    const first = await off.post('/sync', {});
    assert.equal((await off.post('/sync', { cursor: first.json.cursor })).json.full, true);
  });

  test('tells of conflicts, and the newer version stays', async (context) => {
    const server = await startTestServer(context);
    const { cursor } = (await server.post('/sync', change('a', 1))).json;
    await server.post('/sync', { cursor, ...change('a', 2) });
    const late = await server.post('/sync', { cursor, changes: [{ id: 'a', value: 3, baseVersion: 201 }] });
    assert.deepEqual(late.json.conflicts, ['a']);
    assert.deepEqual(late.json.changed, [{ id: 'a', version: 202, value: 2 }]);
  });

  test('is encoded as the client accepts, and means the same', async (context) => {
    const server = await startTestServer(context);
    const plain = await raw(server, '/sync', {}, 'identity');
    assert.equal(plain.encoding, undefined);
    const decode = { zstd: zstdDecompressSync, br: brotliDecompressSync, gzip: gunzipSync };
    for (const [accept, encoding] of [
      ['gzip, br, zstd', 'zstd'],
      ['gzip, br;q=1.0, zstd;q=0', 'br'],
      ['gzip;q=0.5, *;q=0', 'gzip'],
    ] as const) {
      const reply = await raw(server, '/sync', {}, accept);
      assert.equal(reply.encoding, encoding);
      assert.deepEqual(
        JSON.parse(decode[encoding](reply.bytes).toString()),
        JSON.parse(plain.bytes.toString()),
      );
      assert.ok(reply.bytes.length < 0.4 * plain.bytes.length);
    }
    const off = await startTestServer(context, { config: { compression: false } });
    assert.equal((await raw(off, '/sync', {}, 'gzip')).encoding, undefined);
  });
});

describe('background jobs', () => {
  async function finished(server: TestServer, id: string) {
    for (;;) {
      const { json } = await server.get(`/jobs/${id}`);
      if (json.state === 'done' || json.state === 'failed') return json;
      await nextTurn();
    }
  }

  for (const workers of [true, false]) {
    test(`are taken at once and done later, ${workers ? 'in a thread' : 'in between'}`, async (context) => {
      const server = await startTestServer(context, { config: { workers } });
      const taken = await server.post('/messages', { ...question, background: true });
      assert.equal(taken.status, 202);
      const job = await finished(server, taken.json.id);
      assert.equal(job.state, 'done');
      assert.equal(job.result.messages, 2);
      assert.equal((await server.get('/conversations/c1/state')).json.messages, 2);
      const texts = ['the red house', 'a fast car', 'the red houses'];
      const like = await server.post('/jobs', { kind: 'likeness', priority: 'high', texts });
      const pairs = (await finished(server, like.json.id)).result;
      assert.deepEqual([pairs[0].first, pairs[0].second], [0, 2]);
    });
  }

  test('an unknown job and a bad one are refused', async (context) => {
    const server = await startTestServer(context);
    assert.equal((await server.get('/jobs/job-7')).status, 404);
    const bad = await server.post('/jobs', { kind: 'sleep' });
    assert.deepEqual(bad.json, {
      error: 'body.kind is not valid',
      expected: 'one of answer, likeness',
      got: '"sleep"',
    });
  });
});

test('long replies are compressed as the client accepts, short ones are not', async (context) => {
  const server = await startTestServer(context);
  const accept = { 'accept-encoding': 'gzip' };
  const long = await server.get('/patterns?limit=50', accept);
  assert.equal(long.headers.get('content-encoding'), 'gzip');
  assert.equal(long.json.items.length, 50);
  const short = await server.get('/health', accept);
  assert.equal(short.headers.get('content-encoding'), null);
});

test('with every optimization off it answers the same', async (context) => {
  const off = {
    cache: false,
    batching: false,
    pool: false,
    compression: false,
    delta: false,
    writeQueue: false,
    workers: false,
    streaming: false,
    monitoring: false,
    fsync: true,
  };
  const answers = [];
  for (const config of [{}, off]) {
    const server = await startTestServer(context, { config });
    const { json } = await server.post('/messages', question);
    const pattern = (await server.get('/patterns/pattern-00000005')).json;
    const records = (await server.post('/sync', {})).json.changed;
    const parts = (await server.get('/stream/c1')).text.split('\n').slice(2);
    answers.push({ json, pattern, records, parts });
  }
  assert.deepEqual(answers[0], answers[1]);
});

test('health and metrics tell how the server is', async (context) => {
  const server = await startTestServer(context);
  await server.post('/messages', question);
  await server.post('/messages', question);
  assert.equal((await server.get('/health')).json.status, 'ok');
  const { text, headers } = await server.get('/metrics');
  assert.match(headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  assert.equal(metric(text, 'http_requests_total{route="/messages",status="200"}'), 2);
  assert.equal(metric(text, 'cache_hits_total{cache="messages"}'), 1);
  assert.ok(metric(text, 'process_resident_memory_bytes') > 1e6);
  assert.equal(metric(text, 'database_writes_total'), 2);
  assert.match((await server.get('/')).text, /"GET \/patterns\/:id"/);
});
