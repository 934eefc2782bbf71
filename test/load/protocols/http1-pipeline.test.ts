import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeadMemo } from '../../../src/load/protocols/head-memo.ts';
import { Http1Parser } from '../../../src/load/protocols/http1-parser.ts';
import { Http1Pipeline } from '../../../src/load/protocols/http1-pipeline.ts';
import type { Operation } from '../../../src/load/protocols/framing.ts';

const limits = { maxHeaderBytes: 500, maxBodyBytes: 1000 };

interface Client {
  readonly pipeline: Http1Pipeline;
  readonly told: string[];
  readonly sent: () => string;
  readonly ask: (seat: number, method?: string) => Operation;
}

function createClient(replied: (client: Client, seat: number) => void = () => undefined): Client {
  const told: string[] = [];
  let sent = '';
  const pipeline: Http1Pipeline = new Http1Pipeline(
    { parser: new Http1Parser(limits, new HeadMemo()), depth: 2, now: () => 7 },
    {
      ready: () => void told.push('ready'),
      replied: ({ seat }) => {
        told.push(`${seat} ${pipeline.status()}`);
        replied(client, seat);
      },
      failed: ({ seat }) => void told.push(`${seat} failed`),
      draining: () => void told.push('draining'),
      broken: (failure, detail) => {
        const seats = pipeline.takeOutstanding().map((operation) => operation.seat);
        told.push(`${failure} [${seats.join(' ')}] ${detail}`);
      },
    },
    { write: (bytes) => void (sent += Buffer.from(bytes).toString('latin1')) },
  );
  const client: Client = {
    pipeline,
    told,
    sent: () => sent,
    ask: (seat, method = 'GET') => {
      const operation: Operation = { seat, firstByteNs: 0, requestedNs: 0 };
      const bytes = Buffer.from(`${method} /${seat}\n`);
      pipeline.request(operation, { bytes, bodiless: method === 'HEAD', closes: false }, null);
      return operation;
    },
  };
  return client;
}

function push(client: Client, text: string, cuts: readonly number[] = []): void {
  const bytes = Buffer.from(text, 'latin1');
  const bounds = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].toSorted(
    (a, b) => a - b,
  );
  for (const [index, from] of bounds.entries()) {
    const piece = Buffer.from(bytes.subarray(from, bounds[index + 1]));
    if (bounds[index + 1] === undefined) return;
    client.pipeline.push(piece, piece.length);
    piece.fill(0);
  }
}

function ok(status: number, body = ''): string {
  return `HTTP/1.1 ${status} X\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

test('requests leave in order, and each reply goes to the one that was asked first', () => {
  const client = createClient();
  client.pipeline.start();
  for (let seat = 0; seat < 5; seat++) client.ask(seat);
  assert.equal(client.sent(), 'GET /0\nGET /1\nGET /2\nGET /3\nGET /4\n');
  push(client, ok(200, 'a') + ok(404) + ok(201, 'bcd'));
  assert.deepEqual(client.told, ['ready', '0 200', '1 404', '2 201']);
});

test('what is asked while a reply is told comes behind the others', () => {
  const client = createClient((own, seat) => {
    if (seat < 3) own.ask(seat + 10);
  });
  for (let seat = 0; seat < 3; seat++) client.ask(seat);
  push(client, [200, 201, 202, 203, 204, 205].map((status) => ok(status)).join(''));
  assert.deepEqual(client.told, ['0 200', '1 201', '2 202', '10 203', '11 204', '12 205']);
});

const reply = fc.record({
  status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
  body: fc.stringMatching(/^[a-z\r\n:]{0,30}$/),
  chunked: fc.boolean(),
  head: fc.boolean(),
});

test('tells the same for any replies however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(reply, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(600), { maxLength: 30 }),
      (replies, cuts) => {
        const text = replies
          .map(({ status, body, chunked, head }) => {
            const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`;
            const chunks = `${body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`}0\r\n\r\n`;
            return `HTTP/1.1 ${status} X\r\n${framing}\r\n\r\n${head ? '' : chunked ? chunks : body}`;
          })
          .join('');
        const client = createClient();
        for (const [seat, { head }] of replies.entries()) client.ask(seat, head ? 'HEAD' : 'GET');
        push(client, text, cuts);
        assert.deepEqual(
          client.told,
          replies.map(({ status }, seat) => `${seat} ${status}`),
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('the first that fails takes those behind it with it', () => {
  const client = createClient();
  for (let seat = 0; seat < 4; seat++) client.ask(seat);
  push(client, `${ok(200)}garbage${ok(200)}`);
  assert.equal(client.told[0], '0 200');
  assert.match(client.told[1] ?? '', /^protocol \[1 2 3\] the reply is not valid/);
  assert.equal(client.told.length, 2);
  assert.equal(client.pipeline.accepts, false);
});

test('a reply that closes the connection leaves those behind it without one', () => {
  const client = createClient();
  for (let seat = 0; seat < 3; seat++) client.ask(seat);
  push(client, `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n${ok(200)}`);
  assert.deepEqual(client.told, [
    '0 200',
    'pipelined [1 2] the server closed the connection after an earlier reply',
  ]);
});

test('the end of the stream completes a body without length', () => {
  const client = createClient();
  client.ask(0);
  client.ask(1);
  push(client, 'HTTP/1.1 200 OK\r\n\r\nsome');
  client.pipeline.end();
  assert.deepEqual(client.told, [
    '0 200',
    'pipelined [1] the server closed the connection after an earlier reply',
  ]);
});

test('the end of the stream within or before a reply is a close', () => {
  for (const [text, reason] of [
    ['', 'the connection was closed before the reply'],
    [
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome',
      'the connection was closed before the reply was complete',
    ],
  ] as const) {
    const client = createClient();
    client.ask(0);
    client.ask(1);
    push(client, text);
    assert.equal(client.pipeline.untouched, text === '');
    client.pipeline.end();
    assert.deepEqual(client.told, [`closed [0 1] ${reason}`]);
  }
});

test('bytes that nobody asked for break the connection', () => {
  const client = createClient();
  push(client, ok(200));
  assert.deepEqual(client.told, ['protocol [] the server sent bytes that belong to no reply']);
});

test('the reply to a request that nobody waits for is passed over', () => {
  const client = createClient();
  const first = client.ask(0);
  client.ask(1);
  client.pipeline.forget(first);
  push(client, ok(200) + ok(201));
  assert.deepEqual(client.told, ['1 201']);
});

test('the time of the first byte is kept for a reply that comes in pieces only', () => {
  const client = createClient();
  const [whole, cut, none] = [client.ask(0), client.ask(1), client.ask(2)];
  push(client, `${ok(200)}HTTP/1.1 200`);
  assert.deepEqual([whole.firstByteNs, cut.firstByteNs, none.firstByteNs], [0, 7, 0]);
});
