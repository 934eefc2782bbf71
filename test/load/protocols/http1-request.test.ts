import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PerfkitError } from '../../../src/model/errors.ts';
import { compileFlows } from '../../../src/load/flows/flows.ts';
import { http1 } from '../../../src/load/protocols/http1.ts';
import { flow, loadPlan, step } from '../plans.ts';
import type { StepPlan } from '../../../src/model/plan.ts';
import type { EncodedRequest } from '../../../src/load/protocols/protocol.ts';

const context = {
  origin: new URL('http://127.0.0.1:8080'),
  userAgent: 'perfkit/1.2.3',
  env: { TOKEN: 's3cret', SPLIT: 'a\r\nX: b' },
};

function encode(changes: Partial<StepPlan> = {}): EncodedRequest {
  const [first] = compileFlows(loadPlan({ flows: [flow([step(changes)])] }), http1, context).steps;
  assert.ok(first !== undefined && first.exchange === null);
  return first.request;
}

function text(changes: Partial<StepPlan>): string {
  return encode(changes).bytes.toString('latin1');
}

test('adds host, user agent and accept', () => {
  assert.equal(
    text({ path: '/a?b=c' }),
    'GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: perfkit/1.2.3\r\nAccept: */*\r\n\r\n',
  );
});

test('sends a body with its length in bytes', () => {
  const request = encode({ method: 'POST', body: 'naïve' }).bytes.toString('utf8');
  assert.match(request, /\r\nContent-Length: 6\r\n\r\nnaïve$/);
});

test('tells a server that a POST has no body', () => {
  assert.match(text({ method: 'POST' }), /\r\nContent-Length: 0\r\n\r\n$/);
});

test("the scenario's headers take the place of its own, in any case", () => {
  const request = text({
    headers: [
      ['hOST', 'example.org'],
      ['user-agent', 'x'],
      ['X', '1'],
      ['X', '2'],
    ],
  });
  assert.equal(
    request,
    'GET / HTTP/1.1\r\nAccept: */*\r\nhOST: example.org\r\nuser-agent: x\r\nX: 1\r\nX: 2\r\n\r\n',
  );
});

test('puts secrets in', () => {
  const request = text({
    method: 'POST',
    path: '/${secret:TOKEN}',
    headers: [['Authorization', 'Bearer ${secret:TOKEN}']],
    body: '${secret:TOKEN}',
  });
  assert.equal(request.match(/s3cret/g)?.length, 3);
});

test('says when a reply has no body and when the connection closes', () => {
  assert.equal(encode({ method: 'HEAD' }).bodiless, true);
  assert.equal(encode({ headers: [['Connection', 'close']] }).closes, true);
  const plain = encode();
  assert.deepEqual([plain.bodiless, plain.closes], [false, false]);
});

const refused: readonly [string, Partial<StepPlan>][] = [
  ['a path with a space', { path: '/a b' }],
  ['a path with a line break', { path: '/\r\nX: y' }],
  ['a path with NUL', { path: '/\0' }],
  ['a path with a non-ASCII character', { path: '/ü' }],
  ['a relative path', { path: 'a' }],
  ['an absolute URL', { path: 'http://other/' }],
  ['a method with a space', { method: 'GET /x HTTP/1.1\r\nX:' }],
  ['CONNECT', { method: 'CONNECT' }],
  ['a header name with a colon', { headers: [['a:', 'b']] }],
  ['a header name with CRLF', { headers: [['a\r\n', 'b']] }],
  ['a header value with LF', { headers: [['a', 'b\nc']] }],
  ['a header value with NUL', { headers: [['a', 'b\0']] }],
  ['a secret with a line break', { headers: [['a', '${secret:SPLIT}']] }],
  ['a secret with a line break in the path', { path: '/${secret:SPLIT}' }],
  ['a secret that is not set', { path: '/${secret:MISSING}' }],
  ['another length than the body has', { method: 'POST', body: 'abc', headers: [['content-length', '2']] }],
  ['transfer-encoding', { headers: [['Transfer-Encoding', 'chunked']] }],
];

test('refuses what would send another request than was meant, and shows no secret', async (t) => {
  for (const [name, changes] of refused) {
    await t.test(name, () => {
      assert.throws(
        () => text(changes),
        (error) =>
          error instanceof PerfkitError && error.code === 'scenario' && !error.message.includes('X: b'),
      );
    });
  }
});
