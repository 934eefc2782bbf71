import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { createDashboardAccess } from '../../../src/server/dashboard/dashboard-access.ts';
import type { FeedMessage } from '../../../src/server/dashboard/feed-message.ts';
import { isLoopbackHost, whyForeign } from '../../../src/server/http/check-origin.ts';
import { startTestDashboard } from './start-test-dashboard.ts';
import type { TestDashboard } from './start-test-dashboard.ts';

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** fetch would set Host by itself. */
async function get(
  { origin }: TestDashboard,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Got> {
  const sent = httpRequest(origin + path, { headers, agent: false });
  sent.end();
  const [response]: IncomingMessage[] = await once(sent, 'response');
  assert.ok(response !== undefined);
  let text = '';
  for await (const part of response.setEncoding('utf8')) text += part;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

async function logIn(server: TestDashboard): Promise<string> {
  const { headers } = await get(server, server.dashboard.link);
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

/** Resolves to the status with which the server refuses, and its words; 101 when it does not. */
async function upgradeStatus(
  context: TestContext,
  { origin }: TestDashboard,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; text: string }> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/dashboard/feed`, { headers });
  context.after(() => socket.terminate());
  socket.on('error', () => undefined);
  const refused = once(socket, 'unexpected-response').then(async ([, response]) => {
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += part;
    return { status: Number(response.statusCode), text };
  });
  return Promise.race([refused, once(socket, 'open').then(() => ({ status: 101, text: '' }))]);
}

interface Page {
  readonly socket: WebSocket;
  readonly messages: FeedMessage[];
  readonly received: (count: number) => Promise<void>;
}

async function openFeed(context: TestContext, { origin }: TestDashboard, cookie: string): Promise<Page> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/dashboard/feed`, {
    headers: { cookie, origin },
  });
  context.after(() => socket.terminate());
  const messages: FeedMessage[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
  await once(socket, 'open');
  return {
    socket,
    messages,
    async received(count) {
      while (messages.length < count) await once(socket, 'message');
    },
  };
}

describe('the dashboard', { timeout: 240_000 }, () => {
  test('C15: is refused without the token, in words that say what to do', async (context) => {
    const server = await startTestDashboard(context);
    const bare = await get(server, '/dashboard');
    assert.equal(bare.status, 401);
    assert.match(bare.text, /Open the link that `perfkit serve` printed/);
    for (const wrong of ['', 'x', 'A'.repeat(43), `${server.dashboard.link.split('=')[1]}x`]) {
      const { status, headers } = await get(server, `/dashboard?token=${wrong}`);
      assert.deepEqual([status, headers['set-cookie']], [401, undefined]);
    }
    for (const path of ['/dashboard/files/page.css', '/dashboard/session']) {
      assert.equal((await get(server, path)).status, 401);
      assert.equal((await get(server, path, { cookie: 'perfkit_0=x; a=b' })).status, 401);
    }
  });

  test('gives a cookie for the token, and an address without it', async (context) => {
    const server = await startTestDashboard(context);
    const { status, headers } = await get(server, server.dashboard.link);
    assert.deepEqual([status, headers.location, headers['cache-control']], [303, '/dashboard', 'no-store']);
    const cookie = headers['set-cookie']?.[0] ?? '';
    assert.match(cookie, /^perfkit_[0-9a-f]{12}=[\w-]{43}; Path=\/dashboard; HttpOnly; SameSite=Strict$/);
    assert.ok(!cookie.includes(server.dashboard.link.split('token=')[1] ?? '?'));
    const page = await get(server, '/dashboard', { cookie: cookie.split(';')[0] ?? '' });
    assert.equal(page.status, 200);
    assert.match(page.text, /^<!doctype html>/);
  });

  test('C15: allows nothing from another host, in every reply', async (context) => {
    const server = await startTestDashboard(context);
    const cookie = await logIn(server);
    const html = await get(server, '/dashboard', { cookie });
    const paths = [...html.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    assert.ok(paths.length >= 5);
    for (const { status, headers } of [
      html,
      await get(server, server.dashboard.link),
      await get(server, '/dashboard'),
      ...(await Promise.all(paths.map((path) => get(server, path, { cookie })))),
    ]) {
      assert.ok([200, 303, 401].includes(status));
      const policy = String(headers['content-security-policy']);
      assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe|\*|data:|https?:/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['referrer-policy'], 'no-referrer');
    }
    assert.doesNotMatch(html.text, /<script>|<style|style=|onload=|https?:\/\//);
  });

  test('sends a file once: afterwards its ETag is enough', async (context) => {
    const server = await startTestDashboard(context);
    const cookie = await logIn(server);
    for (const path of ['/dashboard', '/dashboard/files/uplot.js', '/dashboard/files/page.css']) {
      const { headers, text } = await get(server, path, { cookie });
      assert.ok(text.length > 500);
      const again = await get(server, path, { cookie, 'if-none-match': `"other", W/${headers.etag}` });
      assert.deepEqual([again.status, again.text, again.headers['content-length']], [304, '', undefined]);
      assert.equal((await get(server, path, { cookie, 'if-none-match': '"other"' })).status, 200);
    }
    for (const name of ['nothing.js', '__proto__', '%2e%2e%2fdashboard.ts', 'client']) {
      assert.equal((await get(server, `/dashboard/files/${name}`, { cookie })).status, 404);
    }
  });

  test('C15: is shown to no other Host, whatever leads here', async (context) => {
    const server = await startTestDashboard(context);
    const cookie = await logIn(server);
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', '[::2]']) {
      for (const path of ['/dashboard', server.dashboard.link, '/dashboard/files/page.css']) {
        const { status, text } = await get(server, path, { cookie, host });
        assert.equal(status, 403);
        assert.match(text, /expected the Host 127\.0\.0\.1 or localhost/);
      }
    }
    assert.equal((await get(server, '/dashboard', { cookie, host: 'localhost:9000' })).status, 200);
  });

  test('C15: feeds no page of a foreign Origin, of a foreign Host, or without the cookie', async (context) => {
    const server = await startTestDashboard(context);
    const cookie = await logIn(server);
    const { origin } = server;
    const host = new URL(origin).host;
    for (const foreign of [
      'http://evil.example',
      'null',
      origin.replace(/\d+$/, '1'),
      `${origin}.evil.example`,
    ]) {
      const { status, text } = await upgradeStatus(context, server, { cookie, origin: foreign });
      assert.equal(status, 403);
      assert.match(text, /pages of other sites may not connect/);
    }
    const rebound = { cookie, host: 'evil.example', origin: 'http://evil.example' };
    assert.equal((await upgradeStatus(context, server, rebound)).status, 403);
    const bare = await upgradeStatus(context, server, { origin });
    assert.equal(bare.status, 401);
    assert.match(bare.text, /perfkit serve/);
    assert.equal((await upgradeStatus(context, server, { cookie, origin: `http://${host}` })).status, 101);
  });

  test('feeds the history first and then a snapshot a second, the same to all', async (context) => {
    const server = await startTestDashboard(context);
    const cookie = await logIn(server);
    await server.clock.advance(4_000);
    const pages = [await openFeed(context, server, cookie), await openFeed(context, server, cookie)];
    server.totals.messages = 42;
    await server.clock.advance(2_000);
    for (const { received, messages } of pages) {
      await received(3);
      const [first, second, third] = messages;
      assert.ok(first?.type === 'history' && second?.type === 'snapshot' && third?.type === 'snapshot');
      assert.equal(first.atMs.length, 5);
      assert.equal(first.latest?.atMs, first.atMs.at(-1));
      assert.deepEqual([second.figures.messagesProcessed, third.atMs - second.atMs], [42, 1_000]);
    }
    assert.deepEqual(pages[0]?.messages, pages[1]?.messages);
  });

  test('skips a page that does not read, and lets it go when it never does', async (context) => {
    const server = await startTestDashboard(context);
    const cookie = await logIn(server);
    const [slow, quick] = [await openFeed(context, server, cookie), await openFeed(context, server, cookie)];
    slow.socket.pause();
    // A message long enough that the operating system does not take many.
    server.alerts.push({ rule: 'x', message: 'long '.repeat(100_000), at: '2026-01-01T00:00:00.000Z' });
    for (let second = 0; server.dashboard.stats().clients > 1; second++) {
      assert.ok(second < 500, 'the page that does not read is still there');
      await server.clock.advance(1_000);
      await quick.received(second + 2);
    }
    assert.ok(server.dashboard.stats().skipped >= 30);
    assert.equal(quick.socket.readyState, quick.socket.OPEN);
  });

  test('has room for so many pages, and says so to the next', async (context) => {
    const server = await startTestDashboard(context);
    const cookie = await logIn(server);
    const pages: Page[] = [];
    for (let count = 0; count < 32; count++) pages.push(await openFeed(context, server, cookie));
    const { status, text } = await upgradeStatus(context, server, { cookie });
    assert.equal(status, 503);
    assert.match(text, /too many pages are open/);
    pages[0]?.socket.terminate();
    while (server.dashboard.stats().clients >= 32) await server.clock.settle();
    assert.equal((await upgradeStatus(context, server, { cookie })).status, 101);
  });

  test('takes nothing from a page but a few bytes', async (context) => {
    const server = await startTestDashboard(context);
    const { socket } = await openFeed(context, server, await logIn(server));
    socket.send('x'.repeat(2_000));
    const [code] = await once(socket, 'close');
    assert.equal(code, 1009);
  });

  test('says goodbye when the server stops, and sets no timer again', async (context) => {
    const server = await startTestDashboard(context);
    const cookie = await logIn(server);
    const { socket } = await openFeed(context, server, cookie);
    const closed = once(socket, 'close');
    server.dashboard.close();
    const [code] = await closed;
    assert.equal(code, 1001);
    assert.deepEqual(server.clock.pending, []);
    assert.equal((await upgradeStatus(context, server, { cookie })).status, 503);
  });
});

test('tokens are 256 bits, differ, and nothing else is one', () => {
  const access = createDashboardAccess('/p');
  assert.match(access.token, /^[\w-]{43}$/);
  assert.notEqual(createDashboardAccess('/p').token, access.token);
  assert.ok(access.isToken(access.token));
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.ok(!access.isToken(text) && !access.hasCookie(text));
    }),
    { numRuns: 200 },
  );
  const pair = access.setCookie.split(';')[0] ?? '';
  assert.ok(access.hasCookie(`a=b; ${pair}; c=d`));
  assert.ok(!access.hasCookie(`${pair}x`) && !access.hasCookie(undefined));
  assert.ok(!access.hasCookie(`${pair}; ${'a'.repeat(9_000)}`));
});

test('an Origin is our own only when it is the Host’s, and the Host this machine', () => {
  for (const host of ['127.0.0.1:80', 'localhost', 'LOCALHOST:8080', '[::1]:1']) {
    assert.equal(whyForeign({ host, origin: `http://${host}` }), null);
    assert.equal(whyForeign({ host }), null);
    assert.match(whyForeign({ host, origin: 'http://a.example' }) ?? '', /expected the Origin/);
  }
  assert.match(whyForeign({ host: 'a.example', origin: 'http://a.example' }) ?? '', /expected the Host/);
  assert.match(whyForeign({ origin: 'http://a.example' }) ?? '', /got none/);
  fc.assert(
    fc.property(fc.domain(), (host) => assert.ok(!isLoopbackHost(host))),
    { numRuns: 100 },
  );
});
