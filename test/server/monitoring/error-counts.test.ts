import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { QueueFullError } from '../../../src/components/batcher/index.ts';
import { HttpError } from '../../../src/server/http/http-error.ts';
import { createErrorCounts } from '../../../src/server/monitoring/error-counts.ts';
import type { LogEvent } from '../../../src/server/monitoring/log-event.ts';
import { UpstreamError } from '../../../src/server/upstream/upstream-connection.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { startTestServer } from '../start-test-server.ts';

function setUp() {
  const clock = new VirtualClock();
  const events: LogEvent[] = [];
  const errors = createErrorCounts({
    now: clock.nowMs,
    today: () => 1_760_000_000_000 + clock.nowMs(),
    record: (event) => void events.push(event),
  });
  return { clock, events, errors };
}

test('S19: every class of error is counted with an example, the most frequent first', () => {
  const { errors } = setUp();
  const all: readonly (readonly [unknown, string])[] = [
    [new HttpError(400, 'the body is not valid'), 'invalid_request'],
    [new HttpError(404, 'there is nothing at this path'), 'not_found'],
    [new HttpError(405, 'the method is not supported here'), 'wrong_method'],
    [new HttpError(413, 'the body is too long'), 'too_long'],
    [new HttpError(415, 'the body is encoded'), 'encoded_body'],
    [new HttpError(418, 'teapot'), 'refused'],
    [new QueueFullError(10), 'overloaded'],
    [new UpstreamError('the module service did not answer'), 'upstream_failed'],
    [new TypeError('secret inside'), 'defect'],
    ['not even an error', 'defect'],
  ];
  for (const [error] of all) errors.add('http', 'POST /messages', error);
  for (const [error, name] of all) {
    const found = errors.list().find((one) => one.class === name);
    assert.ok(found !== undefined, name);
    assert.equal(found.count, name === 'defect' ? 2 : 1);
    assert.equal(found.example.where, 'POST /messages');
    assert.equal(found.example.atMs, 1_760_000_000_000);
    if (name !== 'defect') assert.equal(found.example.message, error instanceof Error ? error.message : '');
  }
  assert.deepEqual([errors.list()[0]?.class, errors.list()[0]?.example.message], ['defect', 'TypeError']);
  assert.ok(!JSON.stringify(errors.list()).includes('secret'));
});

test('a class is logged when it comes, then once a minute with how many more came', async () => {
  const { clock, events, errors } = setUp();
  const error = new HttpError(404, 'there is nothing at this path');
  for (let count = 0; count < 1_000; count++) errors.add('http', 'GET none', error);
  errors.add('http', 'GET none', new HttpError(400, 'the path is not valid'));
  await clock.advance(60_000);
  errors.add('http', 'GET none', error);
  assert.deepEqual(
    events.map(({ message }) => message),
    [
      'http not_found: GET none: there is nothing at this path',
      'http invalid_request: GET none: the path is not valid',
      'http not_found: GET none: there is nothing at this path (and 999 more of that class)',
    ],
  );
  assert.deepEqual(events[2]?.fields, {
    source: 'http',
    class: 'not_found',
    status: 404,
    where: 'GET none',
    error: 'there is nothing at this path',
    count: 1_001,
  });
  assert.deepEqual(
    events.map(({ level }) => level),
    ['info', 'info', 'info'],
  );
});

test('the number of classes does not grow with what clients send', () => {
  const { errors } = setUp();
  for (let status = 400; status < 600; status++)
    for (let count = 0; count < 20; count++)
      errors.add('http', `GET /${count}`, new HttpError(status, `m ${count}`));
  assert.ok(errors.list().length <= 20);
  assert.equal(
    errors.list().reduce((sum, { count }) => sum + count, 0),
    4_000,
  );
});

test('S19: failures of requests, connections, WebSockets and of the module service are told by a server', async (context) => {
  const server = await startTestServer(context, { upstreamPort: 1, config: { pool: false } });
  await server.get('/nowhere');
  await server.post('/messages', 'no JSON');
  await server.post('/messages', { conversation: 'c1', question: 'What about boats?' });
  const raw = connect(server.port, '127.0.0.1');
  raw.resume();
  raw.write('this is not HTTP\r\n\r\n');
  await once(raw, 'close');
  const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/live`);
  await once(socket, 'open');
  socket.send('no JSON');
  await once(socket, 'message');
  socket.terminate();
  const { errors } = (await server.get('/errors')).json;
  const counted = new Map<string, number>(
    errors.map((one: { source: string; class: string; count: number }) => [
      `${one.source} ${one.class}`,
      one.count,
    ]),
  );
  assert.deepEqual(Object.fromEntries([...counted].toSorted(([a], [b]) => (a < b ? -1 : 1))), {
    'http invalid_request': 2,
    'http not_found': 1,
    'live invalid_request': 1,
    'upstream upstream_failed': 1,
  });
  const { text } = await server.get('/metrics');
  assert.match(text, /^errors_total\{source="http",class="invalid_request"\} 2$/m);
});
