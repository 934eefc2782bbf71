import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endToEndHeaders, requestHeaders } from '../../../src/server/balancer/forward-headers.ts';

test('what concerns the connection is not passed on, and neither is what Connection names', () => {
  const raw = [
    'Host',
    'a',
    'CONNECTION',
    'close, X-Own',
    'x-own',
    '1',
    'Keep-Alive',
    'timeout=5',
    'TE',
    'trailers',
    'Accept',
    'b',
  ];
  assert.deepEqual(endToEndHeaders(raw), ['Host', 'a', 'Accept', 'b']);
});

test('Connection cannot take away what says where the message ends and whom it is for', () => {
  const raw = [
    'Host',
    'a',
    'Connection',
    'content-length, host, X-Forwarded-For',
    'Content-Length',
    '5',
    'X-Forwarded-For',
    '1.2.3.4',
  ];
  assert.deepEqual(requestHeaders(raw, '127.0.0.1'), [
    'Host',
    'a',
    'Content-Length',
    '5',
    'X-Forwarded-For',
    '1.2.3.4, 127.0.0.1',
  ]);
});

test('headers that come twice stay two, in their order', () => {
  const raw = ['Set-Cookie', 'a=1', 'Transfer-Encoding', 'chunked', 'Set-Cookie', 'b=2'];
  assert.deepEqual(endToEndHeaders(raw), ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']);
});
