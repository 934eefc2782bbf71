import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openPage } from '../../../src/run/server/fetch-page.ts';
import type { AddressInfo } from 'node:net';
import type { Page } from '../../../src/run/server/fetch-page.ts';

const server = createServer((request, reply) => {
  if (request.url === '/gzip') {
    assert.equal(request.headers['accept-encoding'], 'gzip');
    reply.setHeader('content-encoding', 'gzip').end(gzipSync(`a 1\n# ${String(request.headers['x-key'])}`));
  } else if (request.url === '/bomb')
    reply.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(9 * 1024 * 1024)));
  else if (request.url === '/large') reply.end(Buffer.alloc(9 * 1024 * 1024, 'x'));
  else if (request.url === '/broken') reply.setHeader('content-encoding', 'gzip').end('no gzip');
  else if (request.url === '/binary') reply.end(Buffer.from([0x61, 0xff]));
  else if (request.url === '/cut') {
    reply.write('a');
    reply.destroy();
  } else if (request.url === '/missing') reply.writeHead(404).end();
  else if (request.url === '/failing') reply.writeHead(503).end();
  // anything else is never answered
});

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
after(() => {
  server.closeAllConnections();
  server.close();
});

function pageOf(path: string, timeoutNs = 30e9): Page & Disposable {
  const { port } = server.address() as AddressInfo;
  const endpoint = { address: '127.0.0.1', port, tls: null };
  const page = openPage({ endpoint, host: `127.0.0.1:${port}`, path, headers: [['X-Key', 'k']], timeoutNs });
  return { ...page, [Symbol.dispose]: page.close };
}

test('reads a packed page with the headers given, again and again', async () => {
  using page = pageOf('/gzip');
  assert.equal(await page.fetch(), 'a 1\n# k');
  assert.equal(await page.fetch(), 'a 1\n# k');
});

for (const [path, failure, message] of [
  ['/bomb', 'body_too_large', /at most 8\.00MiB/],
  ['/large', 'body_too_large', /at most 8\.00MiB/],
  ['/broken', 'format', /expected gzip/],
  ['/binary', 'format', /expected UTF-8/],
  ['/cut', 'reset', /aborted|hang up/],
  ['/missing', 'status_4xx', /expected status 200, got 404/],
  ['/failing', 'status_5xx', /got 503/],
] as const)
  test(`tells why ${path} cannot be read`, async () => {
    using page = pageOf(path);
    await assert.rejects(page.fetch(), { name: 'FetchFailure', failure, message });
  });

test('does not wait for a reply for ever', async () => {
  using page = pageOf('/silent', 50e6);
  await assert.rejects(page.fetch(), { failure: 'timeout', message: 'no complete reply within 50.0ms' });
});
