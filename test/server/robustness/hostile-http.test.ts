import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startTestServer } from '../start-test-server.ts';
import type { TestServer } from '../start-test-server.ts';
import { closed, exchange, openSocket, readUntil } from './raw-socket.ts';

/** What nobody expected: that a client was refused is told as well, and is none. */
function defects({ log }: TestServer): string[] {
  return log.filter((line) => !line.includes('invalid_request'));
}

async function serves(server: TestServer): Promise<void> {
  assert.equal((await server.get('/health')).status, 200);
}

const smuggled = 'GET /questions/777 HTTP/1.1\r\nHost: a\r\n\r\n';

describe('a hostile HTTP client', { timeout: 240_000 }, () => {
  test('cannot hide a request in another: whoever could be read in two ways is refused', async (context) => {
    const server = await startTestServer(context);
    const post = 'POST /sync HTTP/1.1\r\nHost: a\r\n';
    const cases: Readonly<Record<string, string>> = {
      'length and chunks': `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
      'chunks and length': `${post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${smuggled}`,
      'two lengths': `${post}Content-Length: 2\r\nContent-Length: 45\r\n\r\n{}${smuggled}`,
      'the same length twice': `${post}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}${smuggled}`,
      'a list of lengths': `${post}Content-Length: 2, 2\r\n\r\n{}${smuggled}`,
      'a negative length': `${post}Content-Length: -2\r\n\r\n{}${smuggled}`,
      'a length with a sign': `${post}Content-Length: +2\r\n\r\n{}${smuggled}`,
      'a length beyond 64 bits': `${post}Content-Length: 18446744073709551618\r\n\r\n{}${smuggled}`,
      'a coding after chunked': `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
      'a space before the colon': `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`,
      'a folded line': `${post}X: a\r\n Transfer-Encoding: chunked\r\n\r\n${smuggled}`,
      'lines that end in LF': `POST /sync HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}${smuggled}`,
      'a CR within a value': `${post}X: a\rContent-Length: 45\r\n\r\n${smuggled}`,
      'a NUL within a value': `${post}X: a\0b\r\n\r\n${smuggled}`,
      'a chunk size that is none': `${post}Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n${smuggled}`,
      'a chunk size beyond 64 bits': `${post}Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n0\r\n\r\n${smuggled}`,
      'a chunk that is longer than it said': `${post}Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n${smuggled}`,
      'chunk extensions with a bare LF': `${post}Transfer-Encoding: chunked\r\n\r\n2;\n{}\r\n0\r\n\r\n${smuggled}`,
      'two hosts': `GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${smuggled}`,
      'no host': `GET /health HTTP/1.1\r\n\r\n${smuggled}`,
      'words after the version': `GET /health HTTP/1.1 x\r\nHost: a\r\n\r\n${smuggled}`,
      'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      'a TLS hello': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    };
    for (const [what, bytes] of Object.entries(cases)) {
      const replies = await exchange(server.port, Buffer.from(bytes, 'latin1'));
      assert.match(replies, /^HTTP\/1\.1 400 [^]*{"error":/, what);
      assert.doesNotMatch(replies, /777/, what);
    }
    await serves(server);
    assert.deepEqual(defects(server), []);
  });

  test('that sends more header lines than are kept is refused, not half understood', async (context) => {
    const server = await startTestServer(context);
    const lines = (count: number): string =>
      Array.from({ length: count }, (_, index) => `x${index}: y\r\n`).join('');
    const many = `GET /health HTTP/1.1\r\nHost: a\r\n${lines(150)}\r\n`;
    assert.match(await exchange(server.port, many), /^HTTP\/1\.1 431 [^]*header lines/);
    const some = `GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${lines(80)}\r\n`;
    assert.match(await exchange(server.port, some), /^HTTP\/1\.1 200 /);
  });

  test('that names methods and targets that mean nothing here gets an answer', async (context) => {
    const server = await startTestServer(context);
    const ask = (line: string): Promise<string> =>
      exchange(server.port, `${line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    assert.match(await ask('TRACE /health'), /^HTTP\/1\.1 405 /);
    assert.match(await ask('DELETE /messages'), /^HTTP\/1\.1 405 /);
    assert.match(await ask('OPTIONS *'), /^HTTP\/1\.1 405 /);
    assert.match(await ask('GET /../../etc/passwd'), /^HTTP\/1\.1 404 /);
    assert.match(await ask('GET /patterns/%2e%2e%2fetc'), /^HTTP\/1\.1 (400|404) /);
    assert.match(await ask('GET /patterns/%ff'), /^HTTP\/1\.1 400 /);
    assert.match(await ask('GET /patterns/__proto__'), /^HTTP\/1\.1 404 /);
    assert.match(await ask('GET /conversations/constructor/state'), /^HTTP\/1\.1 404 /);
    assert.match(await ask('GET /jobs/__proto__'), /^HTTP\/1\.1 404 /);
    assert.match(await ask(`GET /${'a/'.repeat(5_000)}`), /^HTTP\/1\.1 404 /);
    await serves(server);
  });

  test('that asks for a protocol we do not speak is answered in HTTP/1.1, as RFC 9110 has it', async (context) => {
    const server = await startTestServer(context);
    const h2c =
      'GET /health HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n';
    const socket = await openSocket(context, server.port);
    socket.write(h2c);
    assert.match(await readUntil(socket, /\}$/), /^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  test('whose JSON has names that JavaScript gives a meaning changes nothing', async (context) => {
    const server = await startTestServer(context);
    for (const body of [
      '{"__proto__":{"changes":[{"id":"a","value":1}]}}',
      '{"constructor":{"prototype":{"full":true}}}',
      '{"changes":[{"id":"a","__proto__":{"value":1}}]}',
    ]) {
      const { status, json } = await server.post('/sync', body);
      assert.deepEqual([status, json.expected?.startsWith('one of')], [400, true], body);
    }
    const { status } = await server.post(
      '/sync',
      '{"changes":[{"id":"__proto__","value":{"__proto__":{"admin":true}}}]}',
    );
    assert.equal(status, 200);
    const { json } = await server.post('/sync', {});
    const kept = json.changed.find(({ id }: { id: string }) => id === '__proto__');
    assert.equal(JSON.stringify(kept.value), '{"__proto__":{"admin":true}}');
    assert.equal(Reflect.get({}, 'admin'), undefined);
  });

  test('that sends a zip bomb gets 415 before it is unpacked', async (context) => {
    const server = await startTestServer(context);
    const bomb = gzipSync(Buffer.alloc(50_000_000, '{'));
    const head = `POST /sync HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nConnection: close\r\nContent-Length: ${bomb.length}\r\n\r\n`;
    const reply = await exchange(server.port, Buffer.concat([Buffer.from(head), bomb]));
    assert.match(reply, /^HTTP\/1\.1 415 /);
    await serves(server);
  });

  test('that announces too much and waits for leave is refused without it', async (context) => {
    const server = await startTestServer(context);
    const socket = await openSocket(context, server.port);
    socket.write(
      'POST /sync HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 50000000\r\n\r\n',
    );
    assert.match(await readUntil(socket, /\r\n\r\n/), /^HTTP\/1\.1 413 /);
    await closed(socket);
    const modest = await openSocket(context, server.port);
    modest.write('POST /sync HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n');
    assert.match(await readUntil(modest, /\r\n\r\n/), /^HTTP\/1\.1 100 /);
    modest.write('[]');
    assert.match(await readUntil(modest, /\}$/), /^HTTP\/1\.1 400 /);
    modest.destroy();
    await serves(server);
  });

  test('that leaves many bodies half sent is cut off before they fill the memory, and others go on', async (context) => {
    const server = await startTestServer(context, { config: { maxBodyBytes: 4_194_304 } });
    const half = Buffer.alloc(4_000_000, ' ');
    const head = `POST /sync HTTP/1.1\r\nHost: a\r\nContent-Length: ${half.length + 2}\r\n\r\n`;
    let refused = 0;
    const sockets = [];
    // 160 MB: more than bodies may take together.
    for (let index = 0; index < 40; index++) {
      const socket = await openSocket(context, server.port);
      sockets.push(socket);
      socket.on('data', (chunk: Buffer) => {
        if (chunk.toString().startsWith('HTTP/1.1 503 ')) refused++;
      });
      socket.write(head);
      await new Promise<void>((resolve) => {
        socket.once('close', () => resolve());
        socket.write(half, () => resolve());
      });
    }
    // A short one finds room whatever the others hold.
    assert.equal((await server.post('/sync', { full: true })).status, 200);
    assert.ok(refused > 0 && refused < 40, `${refused} refused`);
    for (const socket of sockets) socket.destroy();
    await serves(server);
  });
});
