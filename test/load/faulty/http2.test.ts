import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http2';
import { test } from 'node:test';
import {
  flag,
  frame,
  frameType,
  goawayFrame,
  resetFrame,
  settingsFrame,
  windowUpdateFrame,
} from '../../../src/load/protocols/http2/frames.ts';
import { against, loadPort, pour } from './faulty-run.ts';
import type { Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Fault, FaultyOptions } from './faulty-run.ts';

const http2: FaultyOptions = { target: { protocol: 'http2', perConnection: 4 } };
const hello = settingsFrame([]);
const ok = Buffer.from([0x88]);
const endHeaders = flag.endHeaders;
const ends = flag.endHeaders | flag.endStream;

/** Greets, and acts on each request that comes: the numbers of its stream. */
function onStream(act: (socket: Socket, id: number) => void): (socket: Socket) => void {
  return (socket) => {
    socket.write(hello);
    let bytes = Buffer.alloc(0);
    let greeted = false;
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!greeted && bytes.length < 24) return;
      if (!greeted) bytes = bytes.subarray(24);
      greeted = true;
      while (bytes.length >= 9 && bytes.length >= 9 + bytes.readUIntBE(0, 3)) {
        const length = bytes.readUIntBE(0, 3);
        if (bytes[3] === frameType.headers) act(socket, bytes.readUInt32BE(5));
        bytes = bytes.subarray(9 + length);
      }
    });
  };
}

const faults: Readonly<Record<string, Fault>> = {
  'answers in HTTP/1': {
    script: (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
    classes: ['protocol'],
  },
  'never greets': {
    script: () => undefined,
    classes: ['connect_timeout', 'unfinished'],
    hasty: true,
    limits: { connectTimeoutNs: 250e6 },
  },
  'closes at once': { script: (socket) => void socket.end(), classes: ['closed', 'reset'] },
  'resets the connection on a request': {
    script: onStream((socket) => socket.resetAndDestroy()),
    classes: ['reset'],
  },
  'resets each stream': {
    script: onStream((socket, id) => void socket.write(resetFrame(id, 'INTERNAL_ERROR'))),
    classes: ['reset'],
  },
  'never answers': { script: onStream(() => undefined), classes: ['timeout', 'unfinished'], hasty: true },
  'stalls in the body': {
    script: onStream((socket, id) => void socket.write(frame(frameType.headers, endHeaders, id, ok))),
    classes: ['timeout', 'unfinished'],
    hasty: true,
  },
  'goes away with an error': {
    script: onStream((socket) => void socket.end(goawayFrame('INTERNAL_ERROR'))),
    classes: ['closed'],
  },
  'goes away after each reply': {
    script: onStream((socket, id) => {
      if (id > 1) return;
      socket.write(frame(frameType.headers, ends, id, ok));
      const last = Buffer.alloc(8);
      last.writeUInt32BE(id);
      socket.end(frame(frameType.goaway, 0, 0, last));
    }),
    classes: ['stale_connection', 'closed', 'reset'],
    succeeds: true,
  },
  'sends a header that cannot be decoded': {
    script: onStream(
      (socket, id) => void socket.write(frame(frameType.headers, ends, id, Buffer.from([0x80]))),
    ),
    classes: ['protocol'],
  },
  'sends endless headers': {
    script: onStream((socket, id) => {
      if (id > 1) return;
      socket.write(frame(frameType.headers, 0, id, ok));
      const more = frame(frameType.continuation, 0, id, Buffer.alloc(10_000, 0x88));
      pour(socket, more.toString('latin1'), 'latin1');
    }),
    classes: ['protocol'],
  },
  'sends an endless body': {
    script: onStream((socket, id) => {
      socket.write(frame(frameType.headers, endHeaders, id, ok));
      if (id === 1)
        pour(socket, frame(frameType.data, 0, id, Buffer.alloc(16_000)).toString('latin1'), 'latin1');
    }),
    classes: ['body_too_large', 'timeout', 'unfinished'],
    hasty: true,
  },
  'sends endless pings': {
    script: onStream((socket, id) => {
      if (id === 1)
        pour(socket, frame(frameType.ping, 0, 0, Buffer.alloc(8)).toString('latin1').repeat(100), 'latin1');
    }),
    classes: ['protocol'],
  },
  'sends data on a stream that does not exist': {
    script: onStream((socket) => void socket.write(frame(frameType.data, 0, 77, Buffer.alloc(1)))),
    classes: ['protocol'],
  },
  'overflows a window': {
    script: onStream((socket) => void socket.write(windowUpdateFrame(0, 2 ** 31 - 1))),
    classes: ['protocol'],
  },
  'sends garbage': {
    script: onStream((socket) => void socket.write(Buffer.alloc(100, 0xff))),
    classes: ['protocol'],
  },
};

for (const [name, { script, classes, succeeds, hasty = false, limits = {} }] of Object.entries(faults)) {
  test(`HTTP/2: a server that ${name}`, { timeout: 180_000 }, async () => {
    const { ok: good, errors } = await against(script, { ...http2, hasty, limits });
    assert.deepEqual(
      Object.keys(errors).filter((failure) => !classes.includes(failure)),
      [],
    );
    if (succeeds === true) assert.ok(good > 0);
    else {
      assert.equal(good, 0);
      assert.ok(Object.keys(errors).length > 0);
    }
  });
}

test('HTTP/2: streams of one connection succeed and fail by themselves', { timeout: 180_000 }, async () => {
  const script = onStream((socket, id) => {
    if (id % 4 === 1) socket.write(frame(frameType.headers, ends, id, ok));
    else socket.write(resetFrame(id, 'REFUSED_STREAM'));
  });
  const { ok: good, errors } = await against(script, { ...http2, requests: 40 });
  assert.deepEqual([good, errors], [20, { reset: 20 }]);
});

test('HTTP/2: the server of Node answers every request', { timeout: 180_000 }, async () => {
  const server = createServer({ settings: { maxConcurrentStreams: 3 } });
  let sessions = 0;
  server.on('session', () => void sessions++);
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'text/plain' });
    stream.end('x'.repeat(5000));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const { ok: good, errors } = await loadPort(port, {
      target: { protocol: 'http2', perConnection: 4 },
      users: 8,
      requests: 300,
    });
    assert.deepEqual([good, errors, sessions], [300, {}, 2]);
  } finally {
    server.close();
  }
});
