import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PerfkitError } from '../../../src/model/errors.ts';
import { isLinkLocal, isLoopback } from '../../../src/load/connections/address.ts';
import { reachTarget } from '../../../src/load/connections/target.ts';
import { startScriptedServer } from '../../../src/server/scripted-server.ts';
import type { Lookup } from '../../../src/load/connections/target.ts';

const never: Lookup = () => assert.fail('no name may be looked up');

function reach(
  origin: string,
  allow: readonly string[] = [],
  lookup: Lookup = never,
  signal = new AbortController().signal,
): ReturnType<typeof reachTarget> {
  return reachTarget({ origin, builtin: null, allow }, { connectTimeoutNs: 5e9, signal, lookup });
}

function refuses(promise: Promise<unknown>, message: RegExp): Promise<void> {
  return assert.rejects(
    promise,
    (error) => error instanceof PerfkitError && error.code === 'target' && message.test(error.message),
  );
}

test('connects once and pins the address that answered', async () => {
  const server = await startScriptedServer({ kind: 'silent' });
  try {
    const endpoint = { address: '127.0.0.1', port: server.port, tls: null };
    assert.deepEqual(await reach(`http://127.0.0.1:${server.port}`), { endpoint, notes: [] });
    // nothing listens at the first address of the name
    const lookup: Lookup = () => Promise.resolve(['::1', '127.0.0.1']);
    assert.deepEqual(await reach(`http://app.localhost:${server.port}`, [], lookup), {
      endpoint,
      notes: [
        'app.localhost was looked up once, before the run: all connections went to 127.0.0.1, the first of 2 addresses that answered; no time includes DNS',
      ],
    });
  } finally {
    await server.close();
  }
});

test('tells host, port and what to do when nothing listens', async () => {
  const server = await startScriptedServer({ kind: 'silent' });
  await server.close();
  await refuses(
    reach(`http://127.0.0.1:${server.port}`),
    new RegExp(`127\\.0\\.0\\.1:${server.port}.*ECONNREFUSED.*start the server`),
  );
});

test('tells an unknown host', async () => {
  const lookup: Lookup = () =>
    Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND nowhere'), { code: 'ENOTFOUND' }));
  await refuses(reach('http://nowhere.test', [], lookup), /unknown host nowhere\.test/);
});

test('sends no load to a host that is not allowed', async () => {
  await refuses(reach('http://192.0.2.1:80'), /192\.0\.2\.1 is not this machine.*target\.allow/);
  await refuses(reach('http://[2001:db8::1]:80'), /not this machine/);
  await refuses(
    reach('http://example.test', ['other.test'], () => Promise.resolve(['192.0.2.1'])),
    /example\.test \(192\.0\.2\.1\)/,
  );
});

test('checks what a name resolves to: every address, and link-local ones even when the name is allowed', async () => {
  await refuses(
    reach('http://mixed.test', [], () => Promise.resolve(['127.0.0.1', '192.0.2.1'])),
    /not this machine/,
  );
  await refuses(
    reach('http://sly.test', ['sly.test'], () => Promise.resolve(['169.254.169.254'])),
    /link-local/,
  );
});

test('a load for this machine only goes nowhere else, also when that is allowed', async () => {
  const target = { origin: 'http://app.test', builtin: null, allow: ['app.test'], loopbackOnly: true };
  const options = { connectTimeoutNs: 5e9, signal: new AbortController().signal };
  for (const addresses of [['192.0.2.1'], ['127.0.0.1', '192.0.2.1']]) {
    await assert.rejects(
      reachTarget(target, { ...options, lookup: () => Promise.resolve(addresses) }),
      /app\.test has the address 192\.0\.2\.1, which is not this machine's.*--max-rate/,
    );
  }
});

test('an interrupt ends the wait', async () => {
  const stop = new AbortController();
  stop.abort();
  await refuses(reach('http://127.0.0.1:9', [], never, stop.signal), /interrupted/);
});

test('knows loopback and link-local addresses', () => {
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])
    assert.equal(isLoopback(address), true, address);
  for (const address of ['128.0.0.1', '10.0.0.1', '::2', 'localhost', ''])
    assert.equal(isLoopback(address), false, address);
  for (const address of ['169.254.169.254', 'fe80::1', '::ffff:169.254.0.1'])
    assert.equal(isLinkLocal(address), true, address);
  assert.equal(isLinkLocal('169.255.0.1'), false);
});
