import assert from 'node:assert/strict';
import { test } from 'node:test';
import { against, loadPort, onRequest, pour, startFaulty } from './faulty-run.ts';
import type { LoadTarget } from '../../../src/model/plan.ts';
import type { Fault } from './faulty-run.ts';

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Three ways to use connections; the same faults happen to each. */
const ways: Readonly<Record<string, Partial<LoadTarget>>> = {
  'kept alive': {},
  'in a pipeline': { perConnection: 4 },
  'one for each request': { newConnections: true },
};

const faults: Readonly<Record<string, Fault>> = {
  'resets before the reply': {
    script: onRequest((socket) => socket.resetAndDestroy()),
    classes: ['reset'],
  },
  'resets in the body': {
    script: onRequest((socket, nth) => {
      if (nth === 1)
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart', () => socket.resetAndDestroy());
    }),
    classes: ['reset'],
  },
  'never answers': { script: onRequest(() => undefined), classes: ['timeout', 'unfinished'], hasty: true },
  'stalls in the body': {
    script: onRequest((socket, nth) => {
      if (nth === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart');
    }),
    classes: ['timeout', 'unfinished'],
    hasty: true,
  },
  'drips byte by byte': {
    script: onRequest((socket, nth) => {
      if (nth > 1) return;
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 20);
      socket.once('close', () => clearInterval(timer));
    }),
    classes: ['timeout', 'unfinished'],
    hasty: true,
  },
  'sends an endless body': {
    script: onRequest((socket, nth) => {
      if (nth === 1) pour(socket, `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(50_000)}`);
    }),
    classes: ['body_too_large'],
  },
  'sends endless chunks': {
    script: onRequest((socket, nth) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      if (nth === 1) pour(socket, `400\r\n${'x'.repeat(0x400)}\r\n`.repeat(20));
    }),
    classes: ['body_too_large'],
  },
  'sends an endless header': {
    script: onRequest((socket, nth) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      if (nth === 1) pour(socket, `X-Filler: ${'x'.repeat(1000)}\r\n`);
    }),
    classes: ['protocol'],
  },
  'sends endless interim replies': {
    script: onRequest((socket, nth) => {
      if (nth === 1) pour(socket, 'HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n'.repeat(10));
    }),
    classes: ['protocol'],
  },
  'sends garbage': {
    script: onRequest((socket) => void socket.write('\0\x01\x02garbage garbage\r\n\r\n')),
    classes: ['protocol'],
  },
  'sends two content-lengths': {
    script: onRequest(
      (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!'),
    ),
    classes: ['protocol'],
  },
  'sends a chunk that is longer than its size': {
    script: onRequest(
      (socket) =>
        void socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n'),
    ),
    classes: ['protocol'],
  },
  'sends a chunk size that is no number': {
    script: onRequest(
      (socket) => void socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n'),
    ),
    classes: ['protocol'],
  },
  'sends bytes after the reply': {
    script: onRequest((socket) => void socket.write(`${ok}and more that nobody asked for`)),
    classes: ['protocol'],
    // in a pipeline the reply is good, and the next one is not
    succeeds: true,
  },
  'closes in the body': {
    script: onRequest((socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart')),
    classes: ['closed'],
  },
  'closes in the header': {
    script: onRequest((socket) => void socket.end('HTTP/1.1 200')),
    classes: ['closed'],
  },
  'closes at once': {
    script: (socket) => void socket.end(),
    classes: ['closed', 'reset'],
  },
  'closes after each reply without a word': {
    script: onRequest((socket, nth) => {
      if (nth === 1) socket.end(ok);
    }),
    classes: ['stale_connection', 'closed', 'reset'],
    succeeds: true,
  },
  'says that it closes after each reply': {
    script: onRequest((socket, nth) => {
      if (nth === 1) socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
    }),
    classes: [],
    succeeds: true,
  },
};

for (const [way, target] of Object.entries(ways)) {
  for (const [name, { script, classes, succeeds, hasty = false }] of Object.entries(faults)) {
    test(`connections ${way}: a server that ${name}`, { timeout: 180_000 }, async () => {
      const { ok: good, errors } = await against(script, { target, hasty });
      const allowed = target.perConnection === undefined ? classes : [...classes, 'pipelined'];
      assert.deepEqual(
        Object.keys(errors).filter((failure) => !allowed.includes(failure)),
        [],
      );
      if (succeeds === true) assert.ok(good + Object.keys(errors).length > 0);
      else assert.equal(good, 0);
      if (succeeds !== true) assert.ok(classes.some((failure) => (errors[failure] ?? 0) > 0));
    });
  }

  test(`connections ${way}: a port where nobody listens`, async () => {
    const server = await startFaulty(() => undefined);
    await server.close();
    const { ok: good, errors } = await loadPort(server.port, { target });
    assert.equal(good, 0);
    assert.deepEqual(Object.keys(errors), ['refused']);
  });

  test(
    `connections ${way}: endless bodies within the limit are read without being kept`,
    { timeout: 180_000 },
    async () => {
      const before = process.memoryUsage().rss;
      let most = before;
      const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
      const script = onRequest((socket, nth) => {
        if (nth === 1) pour(socket, `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(60_000)}`);
      });
      const { errors } = await against(script, {
        target,
        limits: { maxBodyBytes: 1024 ** 3 },
        requests: 4,
        hasty: true,
      });
      clearInterval(watch);
      const classes = Object.keys(errors).filter((failure) => failure !== 'pipelined');
      assert.ok(classes.every((failure) => ['timeout', 'unfinished', 'body_too_large'].includes(failure)));
      assert.ok(
        most - before < 150 * 1024 ** 2,
        `RSS grew by ${((most - before) / 1024 ** 2).toFixed(0)} MiB`,
      );
    },
  );
}
