import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CookieJar } from '../../../src/load/flows/cookies/cookie-jar.ts';
import { parseCookieDate } from '../../../src/load/flows/cookies/parse-cookie-date.ts';

function jar(origin = 'http://api.example.org'): { jar: CookieJar; clock: { ms: number } } {
  const clock = { ms: 1_000_000 };
  return { jar: new CookieJar(new URL(origin), () => clock.ms), clock };
}

test('a cookie comes back where its path and domain allow', () => {
  const { jar: cookies } = jar();
  cookies.store('a=1', '/shop/cart');
  cookies.store('b=2; Path=/', '/shop/cart');
  cookies.store('c=3; Domain=example.org; Path=/shop/', '/');
  cookies.store('d=4; Domain=other.org', '/');
  cookies.store('e=5; Domain=pi.example.org', '/');
  assert.equal(cookies.headerFor('/shop/x?y=/z'), 'c=3; a=1; b=2');
  assert.equal(cookies.headerFor('/shop'), 'a=1; b=2');
  assert.equal(cookies.headerFor('/shopping'), 'b=2');
});

test('a newer value takes the place of the old, and Max-Age wins over Expires', () => {
  const { jar: cookies, clock } = jar();
  cookies.store('a=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT', '/');
  cookies.store('a=2; Max-Age=10', '/');
  cookies.store('b=1; Expires=Thu, 01 Jan 1970 00:00:01 GMT', '/');
  assert.equal(cookies.headerFor('/'), 'a=2');
  clock.ms += 10_000;
  assert.equal(cookies.headerFor('/'), '');
  cookies.store('c=1', '/');
  cookies.store('c=; Max-Age=0', '/');
  assert.equal(cookies.headerFor('/'), '');
});

test('a secure cookie is kept over TLS only', () => {
  const plain = jar();
  plain.jar.store('a=1; Secure', '/');
  assert.equal(plain.jar.headerFor('/'), '');
  const tls = jar('https://api.example.org');
  tls.jar.store('a=1; Secure; HttpOnly', '/');
  assert.equal(tls.jar.headerFor('/'), 'a=1');
});

test('an address as the host takes no cookies of a domain above it', () => {
  const { jar: cookies } = jar('http://127.0.0.1:8080');
  cookies.store('a=1; Domain=0.0.1', '/');
  cookies.store('b=2; Domain=127.0.0.1', '/');
  assert.equal(cookies.headerFor('/'), 'b=2');
});

test('a server cannot fill the memory, nor put a line break into a request', () => {
  const { jar: cookies } = jar();
  for (let index = 0; index < 1000; index++) cookies.store(`n${index}=v`, '/');
  assert.equal(cookies.headerFor('/').split('; ').length, 50);
  assert.match(cookies.headerFor('/'), /n999=v$/);
  cookies.store(`big=${'x'.repeat(5000)}`, '/');
  assert.doesNotMatch(cookies.headerFor('/'), /big/);
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '=', ';', ' ', '\r', '\n', '\0', '"', ','), maxLength: 20 }),
      (text) => {
        const { jar: own } = jar();
        own.store(text, '/');
        // oxlint-disable-next-line no-control-regex -- these are what must not be there
        assert.doesNotMatch(own.headerFor('/'), /[\r\n\u0000]/);
      },
    ),
    { numRuns: 200 },
  );
});

test('dates are read in the forms that servers use', () => {
  const ms = Date.UTC(2027, 10, 9, 8, 49, 37);
  for (const text of [
    'Tue, 09 Nov 2027 08:49:37 GMT',
    'Tuesday, 09-Nov-27 08:49:37 GMT',
    'Tue Nov  9 08:49:37 2027',
  ])
    assert.equal(parseCookieDate(text), ms, text);
  for (const text of [
    '',
    'soon',
    '31 Feb 2027 00:00:00',
    '1 Jan 2027',
    '1 Jan 2027 24:00:00',
    '0 Jan 2027 01:00:00',
  ])
    assert.equal(parseCookieDate(text), null, text);
});
