import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  flag,
  frame,
  frameType,
  goawayFrame,
  preface,
  resetFrame,
  setting,
  settingsFrame,
  windowUpdateFrame,
} from '../../../../src/load/protocols/http2/frames.ts';
import { createClient, get, pushCut } from './framing-client.ts';
import { talkToNode } from './node-server.ts';
import type { Client } from './framing-client.ts';
import type { EncodedRequest } from '../../../../src/load/protocols/protocol.ts';
import type { StreamHandler } from './node-server.ts';

/** Greet, ask (a request for each seat) and listen until all have been told; returns what the server sent. */
async function converse(
  client: Client,
  requests: readonly EncodedRequest[],
  handler: StreamHandler,
  settings: Parameters<typeof talkToNode>[1] = {},
): Promise<Buffer> {
  const server = talkToNode(handler, settings);
  const received: Buffer[] = [];
  try {
    server.write(client.sent());
    const greeting = await server.read();
    received.push(greeting);
    client.framing.push(greeting, greeting.length);
    for (const [seat, request] of requests.entries()) client.ask(seat, request);
    server.write(client.sent());
    while (client.told.length < requests.length) {
      const bytes = await server.read();
      received.push(bytes);
      client.framing.push(bytes, bytes.length);
      server.write(client.sent());
    }
  } finally {
    server.close();
  }
  return Buffer.concat(received);
}

/** Answers with a header and body that the path asks for: /STATUS/BODY-BYTES. */
const answer: StreamHandler = (stream, headers, body) => {
  const [, status = '200', bytes = '0'] = (headers[':path'] ?? '').split('/');
  stream.respond({ ':status': Number(status), 'x-method': headers[':method'], 'x-got': body.length });
  stream.end('b'.repeat(Number(bytes)));
};

test('speaks with the server of Node: heads, bodies, many streams, more than it is allowed at once', async () => {
  const client = createClient();
  const requests = Array.from({ length: 30 }, (_, seat) => get(`/20${seat % 3}/${seat * 999}`));
  await converse(client, requests, answer, { maxConcurrentStreams: 7 });
  const expected = Array.from(
    { length: 30 },
    (_, seat) => `${seat} replied 20${seat % 3} 20${seat % 3} x-method=GET x-got=0 ${'b'.repeat(seat * 999)}`,
  );
  assert.deepEqual(client.told.toSorted(), expected.toSorted());
});

test('sends bodies within the room that the server gives', async () => {
  const client = createClient();
  const body = Buffer.alloc(300_000, 'u');
  const requests = [0, 1, 2].map((cut) => get('/200/1', { method: 'POST', body: body.subarray(cut) }));
  await converse(client, requests, answer, { initialWindowSize: 1000 });
  assert.deepEqual(client.told.toSorted(), [
    '0 replied 200 200 x-method=POST x-got=300000 b',
    '1 replied 200 200 x-method=POST x-got=299999 b',
    '2 replied 200 200 x-method=POST x-got=299998 b',
  ]);
});

test('headers of any bytes that HTTP allows come as the server sent them, whatever the coding', async () => {
  const value = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: 40,
  });
  const many = fc.array(fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), value, { maxKeys: 6 }), {
    minLength: 1,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(many, async (replies) => {
      const client = createClient();
      const requests = replies.map((_, index) => get(`/${index}`));
      await converse(client, requests, (stream, headers) => {
        stream.respond({ ':status': 200, ...replies[Number((headers[':path'] ?? '').slice(1))] });
        stream.end();
      });
      const expected = replies.map((fields, index) => {
        const shown = Object.entries(fields).map(([name, text]) => `${name}=${text}`);
        return `${index} replied 200 200 ${shown.join(' ')} `;
      });
      assert.deepEqual(client.told.toSorted(), expected.toSorted());
    }),
    { numRuns: 100 },
  );
});

test('request headers reach the server as the scenario has them', async () => {
  const client = createClient();
  const headers = [
    ['Host', 'example.test:8443'],
    ['X-Custom', 'One Two'],
    ['Authorization', 'Bearer t'],
    ['Connection', 'keep-alive'],
    ['X-Long', 'l'.repeat(17_000)],
  ] as const;
  const request = get('/p?q=1', { method: 'PUT', headers, body: Buffer.from('hi') });
  let got: Record<string, unknown> = {};
  await converse(client, [request], (stream, fields) => {
    // without the mark that they are not to be kept in tables
    got = Object.fromEntries(Object.entries(fields));
    stream.respond();
    stream.end();
  });
  assert.deepEqual(got, {
    ':method': 'PUT',
    ':scheme': 'http',
    ':authority': 'example.test:8443',
    ':path': '/p?q=1',
    'x-custom': 'One Two',
    authorization: 'Bearer t',
    'x-long': 'l'.repeat(17_000),
    'content-length': '2',
  });
});

test('tells the same however the bytes are cut', async () => {
  const paths = ['/200/10', '/404/0', '/200/40000', '/503/7', '/204/0'];
  const first = createClient();
  const bytes = await converse(
    first,
    paths.map((path) => get(path)),
    answer,
  );
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 60 }), (cuts) => {
      const client = createClient();
      for (const [seat, path] of paths.entries()) client.ask(seat, get(path));
      pushCut(client.framing, bytes, cuts);
      assert.deepEqual(client.told, first.told);
    }),
    { numRuns: 200 },
  );
  const client = createClient();
  for (const [seat, path] of paths.entries()) client.ask(seat, get(path));
  pushCut(
    client.framing,
    bytes,
    Array.from({ length: bytes.length }, (_, index) => index),
  );
  assert.deepEqual(client.told, first.told);
});

// ---- a server that is scripted frame by frame

const hello = settingsFrame([]);
/** `:status: 200`, and with a content-length. */
const ok = Buffer.from([0x88]);
const status = (code: number): Buffer => literal(':status', String(code));
function literal(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
}
const head = (id: number, block: Buffer = ok, flags: number = flag.endHeaders): Buffer =>
  frame(frameType.headers, flags, id, block);
const data = (id: number, text: string, flags = 0): Buffer =>
  frame(frameType.data, flags, id, Buffer.from(text));
const ends = flag.endHeaders | flag.endStream;

/** What is told when two streams (1 and 3, of seats 0 and 1) are open and the server sends this. */
function told(...frames: readonly Buffer[]): string[] {
  const client = createClient();
  client.ask(0);
  client.ask(1);
  const bytes = Buffer.concat([hello, ...frames]);
  client.framing.push(bytes, bytes.length);
  const other = createClient();
  other.ask(0);
  other.ask(1);
  pushCut(
    other.framing,
    bytes,
    Array.from({ length: bytes.length }, (_, index) => index),
  );
  assert.deepEqual(other.told, client.told);
  return client.told;
}

const good = '0 replied 200 200  ';

const scripts: readonly [string, readonly Buffer[], readonly string[]][] = [
  ['a head that ends the stream', [head(1, ok, ends)], [good]],
  ['interim replies before the final one', [head(1, status(103)), head(1, ok, ends)], [good]],
  ['trailers', [head(1), data(1, 'x'), head(1, literal('x-sum', '1'), ends)], [`${good}x`]],
  [
    'padding',
    [
      frame(frameType.headers, ends | flag.padded, 3, Buffer.concat([Buffer.from([2]), ok, Buffer.alloc(2)])),
      head(1),
      frame(frameType.data, flag.padded, 1, Buffer.from('\x03ab\0\0\0', 'latin1')),
      frame(frameType.data, flag.padded | flag.endStream, 1, Buffer.from('\x00c', 'latin1')),
    ],
    ['1 replied 200 200  ', `${good}abc`],
  ],
  [
    'a head in several frames',
    [
      head(1, ok, flag.endStream),
      frame(frameType.continuation, 0, 1, literal('a', 'b')),
      frame(frameType.continuation, flag.endHeaders, 1, literal('c', 'd')),
    ],
    ['0 replied 200 200 a=b c=d '],
  ],
  ['frames of types that nobody knows', [frame(0x77, 0xff, 1, Buffer.from('??')), head(1, ok, ends)], [good]],
  [
    'a stream that is reset',
    [resetFrame(1, 'REFUSED_STREAM'), head(3, ok, ends)],
    ['0 failed reset: the server reset the stream (REFUSED_STREAM)', '1 replied 200 200  '],
  ],
  [
    'a body that is not as long as it says',
    [head(1, Buffer.concat([ok, literal('content-length', '2')])), data(1, 'abc', flag.endStream)],
    ['0 failed protocol: the reply is not valid: its body is not as long as its content-length'],
  ],
  [
    'a head without status',
    [head(1, literal('a', 'b'), ends)],
    ['0 failed protocol: the reply is not valid: it has no :status'],
  ],
  [
    'upper-case names',
    [head(1, Buffer.concat([ok, literal('A', 'b')]), ends)],
    ['0 failed protocol: the reply is not valid: its header holds a field that HTTP/2 does not allow'],
  ],
  [
    'a body before the head',
    [data(1, 'x'), head(3, ok, ends)],
    ['0 failed protocol: the reply is not valid: its body comes before its header', '1 replied 200 200  '],
  ],
  [
    'a body that is too long',
    [
      head(1),
      ...Array.from({ length: 13 }, () => data(1, 'x'.repeat(16_000))),
      data(1, '', flag.endStream),
      head(3, ok, ends),
    ],
    [
      '0 failed body_too_large: the reply is not valid: its body is longer than the limit of 200000 bytes',
      '1 replied 200 200  ',
    ],
  ],
  [
    'an orderly end: what the server has taken goes on',
    [frame(frameType.goaway, 0, 0, Buffer.from([0, 0, 0, 1, 0, 0, 0, 0])), head(1, ok, ends)],
    [
      '1 failed stale_connection: the server closes the connection (GOAWAY NO_ERROR) and has not taken the request',
      'draining',
      good,
    ],
  ],
  [
    'an end with an error',
    [goawayFrame('ENHANCE_YOUR_CALM')],
    [
      ...['0', '1'].map(
        (seat) =>
          `${seat} failed closed: the server closes the connection (GOAWAY ENHANCE_YOUR_CALM) and has not taken the request`,
      ),
      'draining',
    ],
  ],
  [
    'a push',
    [frame(frameType.pushPromise, flag.endHeaders, 1, Buffer.from([0, 0, 0, 2, 0x88]))],
    ['broken protocol: the server pushes, which was refused [0 1]'],
  ],
  [
    'a block that cannot be decoded',
    [head(1, Buffer.from([0x80]), ends)],
    ['broken protocol: a header block cannot be decoded [0 1]'],
  ],
  [
    'a frame within a header block',
    [head(1, ok, 0), data(1, 'x')],
    ['broken protocol: a DATA frame is out of place [0 1]'],
  ],
  [
    'a stream that was never opened',
    [head(5, ok, ends)],
    ['broken protocol: a HEADERS frame is out of place [0 1]'],
  ],
  [
    'a window of more than 2^31',
    [windowUpdateFrame(0, 2 ** 31 - 1)],
    ['broken protocol: a window is larger than allowed [0 1]'],
  ],
  [
    'a frame that is too long',
    [Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 1])],
    ['broken protocol: the server sent a frame of 65536 bytes, or does not speak HTTP/2 [0 1]'],
  ],
  [
    'an endless head',
    [
      head(1, ok, 0),
      ...Array.from({ length: 3 }, () => frame(frameType.continuation, 0, 1, Buffer.alloc(2000, 0x88))),
    ],
    ['broken protocol: the reply is not valid: its header is longer than the limit of 4096 bytes [0 1]'],
  ],
  [
    'a flood of pings',
    Array.from({ length: 10_001 }, () => frame(frameType.ping, 0, 0, Buffer.alloc(8))),
    ['broken protocol: the server sent 10000 frames and no reply [0 1]'],
  ],
  [
    'a flood of interim replies',
    Array.from({ length: 17 }, () => head(1, status(102))),
    ['0 failed protocol: the reply is not valid: more than 16 interim replies (1xx)'],
  ],
];

for (const [name, frames, expected] of scripts) {
  test(`a server that sends ${name}`, () => assert.deepEqual(told(...frames), expected));
}

test('a server that answers in HTTP/1 is told from one that breaks HTTP/2', () => {
  const client = createClient();
  client.ask(0);
  const bytes = Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n');
  client.framing.push(bytes, bytes.length);
  assert.deepEqual(client.told, [
    'broken protocol: the server answers in HTTP/1, not HTTP/2: leave out http2 [0]',
  ]);
});

test('a request that nobody waits for is cancelled, and its reply passed over', () => {
  const client = createClient();
  const first = client.ask(0);
  client.ask(1);
  client.sent();
  client.framing.forget(first);
  assert.deepEqual(client.sent(), resetFrame(1, 'CANCEL'));
  const bytes = Buffer.concat([hello, head(1), data(1, 'late', flag.endStream), head(3, ok, ends)]);
  client.framing.push(bytes, bytes.length);
  assert.deepEqual(client.told, ['1 replied 200 200  ']);
});

test('a request waits while the server allows no more streams, and can be forgotten meanwhile', () => {
  const client = createClient();
  const greeting = settingsFrame([[setting.maxConcurrentStreams, 1]]);
  client.framing.push(greeting, greeting.length);
  client.ask(0);
  client.sent();
  const second = client.ask(1);
  client.ask(2);
  assert.equal(client.sent().length, 0);
  client.framing.forget(second);
  const bytes = head(1, ok, ends);
  client.framing.push(bytes, bytes.length);
  assert.equal(client.sent().readUInt32BE(5), 3);
  assert.deepEqual(client.told, [good]);
});

test('greets, acknowledges and answers pings', () => {
  const client = createClient();
  const greeting = client.sent();
  assert.deepEqual(greeting.subarray(0, preface.length), preface);
  const bytes = Buffer.concat([hello, frame(frameType.ping, 0, 0, Buffer.from('12345678'))]);
  client.framing.push(bytes, bytes.length);
  assert.deepEqual(
    client.sent(),
    Buffer.concat([
      frame(frameType.settings, flag.ack, 0, Buffer.alloc(0)),
      frame(frameType.ping, flag.ack, 0, Buffer.from('12345678')),
    ]),
  );
});

test('the time of the first byte is kept for replies that come in pieces only', () => {
  let now = 100;
  const client = createClient(() => now);
  const [whole, cut] = [client.ask(0), client.ask(1)];
  const first = Buffer.concat([hello, head(1), data(1, 'x', flag.endStream), head(3), data(3, 'y')]);
  client.framing.push(first, first.length);
  now = 200;
  const rest = data(3, 'z', flag.endStream);
  client.framing.push(rest, rest.length);
  assert.deepEqual([whole.firstByteNs, cut.firstByteNs], [0, 100]);
  assert.deepEqual(client.told, ['0 replied 200 200  x', '1 replied 200 200  yz']);
});

test('any bytes end in a broken connection or wait for more, and each operation is told once', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .record({
        type: fc.integer({ min: 0, max: 11 }),
        flags: fc.integer({ min: 0, max: 255 }),
        id: fc.integer({ min: 0, max: 8 }),
        payload: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constant(ok)),
      })
      .map(({ type, flags, id, payload }) => frame(type, flags, id, payload)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const client = createClient();
      for (let seat = 0; seat < 3; seat++) client.ask(seat);
      const bytes = Buffer.concat([hello, ...pieces]);
      client.framing.push(bytes, bytes.length);
      client.framing.end();
      const seats = client.told.flatMap((line) =>
        line.startsWith('broken')
          ? (/\[(.*)\]$/.exec(line)?.[1] ?? '').split(' ').filter((seat) => seat !== '')
          : line === 'draining'
            ? []
            : [line.slice(0, 1)],
      );
      assert.deepEqual(seats.toSorted(), ['0', '1', '2']);
    }),
    { numRuns: 300 },
  );
});
