import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { QueueFullError } from '../../../src/components/batcher/index.ts';
import { createDefectLog } from '../../../src/server/http/defect-log.ts';
import { errorReply } from '../../../src/server/http/error-reply.ts';
import { HttpError } from '../../../src/server/http/http-error.ts';
import { encodings, negotiateEncoding } from '../../../src/server/http/negotiate-encoding.ts';
import { HeldBytes } from '../../../src/server/http/held-bytes.ts';
import { createRouter } from '../../../src/server/http/router.ts';
import { jsonReply } from '../../../src/server/http/route.ts';
import type { Route } from '../../../src/server/http/route.ts';
import { parseJob } from '../../../src/server/jobs/job.ts';
import { parseLiveMessage } from '../../../src/server/live/parse-live-message.ts';
import { parseSyncRequest } from '../../../src/server/sync/parse-sync-request.ts';

describe('the router', () => {
  const route = (method: 'GET' | 'POST', path: string): Route => ({
    method,
    path,
    handle: () => jsonReply(path),
  });
  const find = createRouter([
    route('GET', '/'),
    route('GET', '/things/:id'),
    route('POST', '/things'),
    route('GET', '/things/:id/parts/:part'),
  ]);

  test('finds the route and what stands for its parameters', () => {
    assert.equal(find('GET', '/').route.path, '/');
    assert.deepEqual({ ...find('GET', '/things/a%20b').params }, { id: 'a b' });
    assert.deepEqual({ ...find('HEAD', '/things/7/parts/x').params }, { id: '7', part: 'x' });
  });

  test('tells an unknown path from a wrong method and a path that cannot be decoded', () => {
    for (const [method, path, status] of [
      ['GET', '/nothing', 404],
      ['GET', '/things/', 200],
      ['GET', '/things/a/b/c/d/e/f/g/h/i/j/k', 404],
      ['GET', '/things', 405],
      ['DELETE', '/things/7', 405],
      ['GET', '/things/%zz', 400],
    ] as const) {
      const outcome = (() => {
        try {
          find(method, path);
          return 200;
        } catch (error) {
          assert.ok(error instanceof HttpError);
          return error.status;
        }
      })();
      assert.equal(outcome, status, `${method} ${path}`);
    }
  });
});

describe('content negotiation', () => {
  test('takes what the client likes best, then what saves most', () => {
    const cases: readonly (readonly [string | undefined, string | null])[] = [
      [undefined, null],
      ['', null],
      ['identity', null],
      ['gzip', 'gzip'],
      ['GZIP', 'gzip'],
      ['gzip, deflate, br', 'br'],
      ['gzip, br, zstd', 'zstd'],
      ['gzip;q=1.0, br;q=0.5', 'gzip'],
      ['br;q=0, gzip;q=0.001', 'gzip'],
      ['*', 'zstd'],
      ['zstd;q=0, *;q=0.5', 'br'],
      ['gzip;q=0', null],
      ['gzip;q=nonsense', 'gzip'],
    ];
    for (const [header, expected] of cases) assert.equal(negotiateEncoding(header), expected, header);
  });

  test('gives a known encoding or none, whatever the header says', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const encoding = negotiateEncoding(header);
        assert.ok(encoding === null || encodings.includes(encoding));
      }),
      { numRuns: 300 },
    );
  });
});

describe('what clients send', () => {
  const parsers = { sync: parseSyncRequest, job: parseJob };

  test('is taken or refused with status 400 and a reason, whatever it is', () => {
    fc.assert(
      fc.property(fc.constantFrom('sync', 'job'), fc.jsonValue(), (name, value) => {
        try {
          parsers[name](value);
        } catch (error) {
          assert.ok(error instanceof HttpError && error.status === 400 && error.expected !== undefined);
        }
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          parseLiveMessage(text);
        } catch (error) {
          assert.ok(error instanceof HttpError && error.status === 400);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is refused with the field that is wrong', () => {
    const cases: readonly (readonly [() => unknown, string])[] = [
      [
        () => parseSyncRequest({ changes: [{ id: 'a', value: 1 }, { id: 'b' }] }),
        'body.changes[1] is not valid',
      ],
      [() => parseSyncRequest({ changes: [{ id: '../x', value: 1 }] }), 'body.changes[0].id is not valid'],
      [() => parseSyncRequest({ cursor: 5 }), 'body.cursor is not valid'],
      [() => parseSyncRequest({ curser: null }), 'body.curser is not valid'],
      [() => parseSyncRequest([]), 'body is not valid'],
      [() => parseJob({ kind: 'likeness', texts: ['ok', ''] }), 'body.texts[1] is not valid'],
      [
        () => parseLiveMessage('{"type":"publish","conversation":"a","priority":"urgent"}'),
        'message.priority is not valid',
      ],
      [() => parseLiveMessage('{"__proto__":1}'), 'message.__proto__ is not valid'],
    ];
    for (const [parse, message] of cases) assert.throws(parse, { name: 'HttpError', status: 400, message });
  });
});

describe('errors', () => {
  test('that are known say what to do, others say nothing of the inside', () => {
    assert.deepEqual(errorReply(new QueueFullError(5)), {
      status: 503,
      body: { error: 'too much is waiting: try again later' },
      isDefect: false,
    });
    const full = Object.assign(new Error('database or disk is full'), { errcode: 13 });
    assert.equal(errorReply(full).status, 507);
    assert.deepEqual(errorReply(new Error('secret')), {
      status: 500,
      body: { error: 'something went wrong here' },
      isDefect: true,
    });
    assert.equal(errorReply('text').status, 500);
  });
});

describe('what clients make the server hold', () => {
  function setUp(max = 100_000) {
    let nowMs = 0;
    const cut: string[] = [];
    const held = new HeldBytes({ max, alwaysBytes: 4_096, now: () => nowMs });
    return {
      held,
      cut,
      wait: (ms: number) => (nowMs += ms),
      hold: (name: string, bytes: number) => held.hold(bytes, () => void cut.push(name)),
    };
  }

  test('is counted until its end, once', () => {
    const { held, hold } = setUp();
    const [first, second] = [hold('first', 60_000), hold('second', 30_000)];
    assert.equal(hold('third', 50_000), null);
    assert.equal(second?.grow(20_000), false);
    assert.equal(held.bytes, 90_000);
    first?.end();
    first?.end();
    assert.equal(held.bytes, 30_000);
    assert.equal(second?.grow(20_000), true);
    second?.end();
    assert.equal(held.bytes, 0);
  });

  test('always has room for what is short', () => {
    const { held, hold } = setUp();
    hold('first', 100_000);
    assert.ok(hold('short', 4_096) !== null);
    assert.equal(hold('long', 4_097), null);
    assert.equal(held.bytes, 104_096);
  });

  test('is taken from those who have held it for longest, after five seconds, when others need it', () => {
    const { held, cut, wait, hold } = setUp();
    hold('first', 40_000);
    hold('short', 4_000);
    wait(1_000);
    const second = hold('second', 50_000);
    wait(3_999);
    assert.equal(hold('early', 50_000), null);
    assert.deepEqual(cut, []);
    wait(1);
    assert.ok(hold('third', 40_000) !== null);
    assert.deepEqual([cut, held.bytes], [['first'], 94_000]);
    wait(5_000);
    // Nobody is cut off to make room for itself.
    assert.equal(second?.grow(60_000), false);
    assert.deepEqual([cut, held.bytes], [['first', 'third'], 54_000]);
  });
});

test('a flood of defects is logged ten times, then once a second with how many were left out', () => {
  const lines: string[] = [];
  let nowMs = 0;
  const log = createDefectLog(
    (line) => void lines.push(line),
    () => nowMs,
  );
  for (let index = 0; index < 1_000; index++) log('GET /', 'no');
  assert.equal(lines.length, 10);
  nowMs = 1_000;
  log('GET /', 'no');
  assert.equal(lines.at(-1), '(990 errors were not logged) GET /: no');
});
