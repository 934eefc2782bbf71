import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { limits } from '../plans.ts';
import { captureJson, harness, http, sent } from './harness.ts';
import type { ExpectPlan } from '../../../src/model/exchange-plan.ts';

const captures = [
  captureJson('id', 'items', null, 'id'),
  { name: 'token', source: { from: 'header', header: 'X-Token' } },
  { name: 'csrf', source: { from: 'regex', pattern: '"csrf":"([^"]+)"' } },
  { name: 'sid', source: { from: 'cookie', cookie: 'sid' } },
] as const;
const body = '{"items":[{"x":1},{"id":42}],"csrf":"a1"}';
const headers = 'X-Token:  t-1 \r\nSet-Cookie: sid=s; Path=/\r\nSet-Cookie: sid=s2\r\n';

test('any cut of a reply gives the same captures, also when it is coded or in chunks', () => {
  const coded = gzipSync(body);
  const chunked = Buffer.concat([
    Buffer.from(
      `HTTP/1.1 200 OK\r\n${headers}Transfer-Encoding: chunked\r\n\r\n5\r\n${body.slice(0, 5)}\r\n`,
    ),
    Buffer.from(`${(body.length - 5).toString(16)};x=y\r\n${body.slice(5)}\r\n0\r\nTrailer: 1\r\n\r\n`),
  ]);
  const replies = [http(body, headers), http(coded, `${headers}Content-Encoding: gzip\r\n`), chunked];
  fc.assert(
    fc.property(fc.constantFrom(...replies), fc.array(fc.nat(400), { maxLength: 5 }), (reply, cuts) => {
      const { check, render, start } = harness([{ captures }]);
      const session = start();
      render(0, session);
      assert.equal(check(0, session, reply, cuts), null);
      assert.deepEqual(
        session.captured.map((value) => [value?.text, value?.json]),
        [
          ['42', '42'],
          ['t-1', null],
          ['a1', null],
          ['s2', null],
        ],
      );
    }),
    { numRuns: 200 },
  );
});

test('one reply after the other on one parser: nothing of the first is left', () => {
  const { check, render, start } = harness([{ captures: [captureJson('id', 'id')] }]);
  const session = start();
  render(0, session);
  check(0, session, http('{"id":"long value"}'), [9, 60]);
  assert.equal(check(0, session, http('{"id":2}')), null);
  assert.equal(session.captured[0]?.text, '2');
});

test('what is not there is a failure of class capture, and says where', () => {
  const { check, render, start } = harness([{ captures }]);
  const session = start();
  render(0, session);
  assert.deepEqual(check(0, session, http('{"items":[]}')), {
    failure: 'capture',
    detail: 'id: nothing found at $.items[*].id',
  });
  const notJson = check(0, session, http('<html>'));
  assert.ok(typeof notJson === 'object' && notJson?.failure === 'capture');
  assert.match(notJson.detail, /the body is no JSON \(unexpected byte at 0\): "<html>"/);
});

const expected: readonly [Partial<ExpectPlan>, Buffer, RegExp | null][] = [
  [
    { headers: [{ name: 'Content-Type', value: { kind: 'equals', text: 'a/b' } }] },
    http('', 'Content-Type: a/b\r\n'),
    null,
  ],
  [
    { headers: [{ name: 'content-type', value: { kind: 'matches', pattern: '(?i)JSON' } }] },
    http('', 'Content-Type: text/html\r\n'),
    /header content-type: expected a match of .*, got "text\/html"/,
  ],
  [{ headers: [{ name: 'x', value: { kind: 'equals', text: 'a' } }] }, http(''), /there is no header x/],
  [{ body: [{ kind: 'contains', text: 'el' }] }, http('hello'), null],
  [{ body: [{ kind: 'equals', text: 'hell' }] }, http('hello'), /body: expected "hell", got "hello"/],
  [{ body: [{ kind: 'matches', pattern: '^h.*o$' }] }, http('hello'), null],
  [{ json: [{ path: ['ok'], shown: '$.ok', value: 'true' }] }, http('{"ok":true}'), null],
  [
    { json: [{ path: ['ok'], shown: '$.ok', value: 'true' }] },
    http('{"ok":"true"}'),
    /\$\.ok: expected true, got "true"/,
  ],
  [{ json: [{ path: ['a'], shown: '$.a', value: '{"b":[1,2]}' }] }, http('{"a":{"b":[1, 2.0]}}'), null],
  [{ json: [{ path: ['a'], shown: '$.a', value: 'null' }] }, http('{}'), /\$\.a: expected null, got nothing/],
  [{ json: [{ path: ['a'], shown: '$.a', value: '1' }] }, http('{"b":'), /is no JSON \(it ends too early\)/],
  [{ body: [{ kind: 'contains', text: 'user ${user}' }] }, http('I am user 5'), null],
  [{ json: [{ path: ['u'], shown: '$.u', value: '"${user}"' }] }, http('{"u":5}'), null],
];

test('expectations hold, or say what was expected and what came', () => {
  for (const [expect, reply, message] of expected) {
    const { check, render, start } = harness([{ expect: { headers: [], body: [], json: [], ...expect } }]);
    const session = start(5);
    render(0, session);
    const verdict = check(0, session, reply);
    if (message === null) assert.equal(verdict, null, JSON.stringify([expect, verdict]));
    else {
      assert.ok(typeof verdict === 'object' && verdict?.failure === 'expectation', JSON.stringify(verdict));
      assert.match(verdict.detail, message);
    }
  }
});

test('redirects are followed with the method that each status asks for', () => {
  const cases: readonly [string, number, string, string][] = [
    ['POST', 301, 'GET', ''],
    ['POST', 302, 'GET', ''],
    ['PUT', 302, 'PUT', 'x'],
    ['PUT', 303, 'GET', ''],
    ['HEAD', 303, 'HEAD', ''],
    ['POST', 307, 'POST', 'x'],
    ['POST', 308, 'POST', 'x'],
  ];
  for (const [method, status, nextMethod, nextBody] of cases) {
    const { check, render, start } = harness([
      {
        method,
        path: '/a/b?c',
        body: method === 'HEAD' ? null : 'x',
        headers: [['content-type', 'text/plain']],
        redirects: 2,
      },
    ]);
    const session = start();
    render(0, session);
    const next = sent(check(0, session, http('', 'Location: ../d?e=1#f\r\n', status)));
    assert.ok(next.startsWith(`${nextMethod} /d?e=1 HTTP/1.1\r\n`), `${method} ${status}: ${next}`);
    assert.equal(next.slice(next.indexOf('\r\n\r\n') + 4), nextBody);
    assert.equal(/content-type/i.test(next), nextMethod !== 'GET');
  }
});

test('redirects end: after the limit, in a circle, at another origin', () => {
  const { check, render, start } = harness([{ path: '/a', redirects: 3, expectStatus: [200] }]);
  const session = start();
  render(0, session);
  const circle = http('', 'Location: /a\r\n', 302);
  for (let hop = 0; hop < 3; hop++) assert.ok(typeof check(0, session, circle) === 'string');
  assert.deepEqual(check(0, session, circle), {
    failure: 'redirect',
    detail: 'more than 3 redirects, the last to /a',
  });
  for (const location of [
    'http://other.test/',
    'https://127.0.0.1:8080/',
    '//127.0.0.1:81/',
    'http://[',
    'ftp://x/',
  ]) {
    render(0, session);
    const verdict = check(0, session, http('', `Location: ${location}\r\n`, 302));
    assert.ok(typeof verdict === 'object' && verdict?.failure === 'redirect', location);
  }
  render(0, session);
  assert.deepEqual(check(0, session, http('', '', 302)), { failure: 'expectation', detail: 'status 302' });
  assert.deepEqual(check(0, session, http('', '', 500)), { failure: 'status_5xx', detail: 'status 500' });
});

test('cookies go back to the server, over redirects and over the flows of a user', () => {
  const { check, render, start } = harness(
    [{ path: '/login', redirects: 1, headers: [['Cookie', 'own=1']] }],
    { flow: { cookies: true } },
  );
  const session = start(1);
  assert.match(sent(render(0, session)), /\r\nCookie: own=1\r\n/);
  const next = check(0, session, http('', 'Location: /home\r\nSet-Cookie: sid=1; Path=/\r\n', 303));
  assert.match(sent(next), /^GET \/home .*\r\nCookie: own=1; sid=1\r\n/s);
  assert.match(sent(render(0, start(1, 2, session))), /\r\nCookie: own=1; sid=1\r\n/);
  assert.doesNotMatch(sent(render(0, start(2, 1, session))), /sid/);
  assert.doesNotMatch(sent(render(0, start(1, 1, session, 1))), /sid/);
});

test('hostile replies end in exactly one class', () => {
  const bomb = gzipSync(Buffer.alloc(5_000_000));
  const { maxBodyBytes, maxHeaderBytes } = limits;
  const cases: readonly [Buffer, string][] = [
    [http(bomb, 'Content-Encoding: gzip\r\n'), 'body_too_large'],
    [http(brotliCompressSync(Buffer.alloc(5_000_000)), 'Content-Encoding: br\r\n'), 'body_too_large'],
    [http('not gzip', 'Content-Encoding: gzip\r\n'), 'protocol'],
    [http('x', 'Content-Encoding: rot13\r\n'), 'protocol'],
    [http('['.repeat(9000)), 'capture'],
    [http('{"id":'.repeat(1500)), 'capture'],
    [http(Buffer.alloc(maxBodyBytes + 1)), 'body_too_large'],
    [Buffer.from(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(maxHeaderBytes)}\r\n\r\n`), 'protocol'],
    [Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"id'), 'closed'],
    [http('\xff\xfe'), 'capture'],
    [http(''), 'capture'],
  ];
  for (const [reply, failure] of cases) {
    const { check, render, start } = harness([{ captures: [captureJson('id', 'items', null, 'id')] }]);
    const session = start();
    render(0, session);
    const verdict = check(0, session, reply);
    assert.ok(typeof verdict === 'object' && verdict !== null, failure);
    assert.equal(verdict.failure, failure);
  }
});

test('whatever comes back, a step gets a verdict', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom('', 'Content-Encoding: br\r\n', 'Set-Cookie: =\r\n', 'Location: \r\n'),
      fc.constantFrom(200, 302, 404),
      (bytes, extra, status) => {
        const { check, render, start } = harness(
          [
            {
              captures,
              redirects: 1,
              expect: { headers: [], body: [{ kind: 'contains', text: 'a' }], json: [] },
            },
          ],
          { flow: { cookies: true } },
        );
        const session = start();
        render(0, session);
        const verdict = check(0, session, http(Buffer.from(bytes), extra, status));
        assert.ok(verdict === null || typeof verdict === 'string' || verdict.detail.length < 500);
      },
    ),
    { numRuns: 300 },
  );
});
