import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startTestServer } from '../start-test-server.ts';
import { findChromium } from './find-chromium.ts';
import { startTestDashboard } from './start-test-dashboard.ts';
import type { TestDashboard } from './start-test-dashboard.ts';

/** A machine that stands still for minutes is no reason to give up. */
const patienceMs = 400_000;
const executablePath = findChromium();
const skip =
  executablePath === null
    ? 'no Chromium: install the package `chromium`, or name a browser in the variable CHROMIUM'
    : false;

interface Opened {
  readonly page: Page;
  /** Every address that the page asked for. */
  readonly requests: readonly string[];
  /** What the browser complained of: errors, and what the policy forbids. */
  readonly complaints: readonly string[];
  readonly text: (id: string) => Promise<string>;
  /** Waits until the element has this text, or one that matches. */
  readonly has: (id: string, text: string | RegExp) => Promise<void>;
}

describe('the page', { skip, timeout: 2 * patienceMs }, () => {
  let browser: Browser;
  before(async () => {
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
      timeout: patienceMs,
    });
  });
  after(() => browser.close());

  async function open(
    context: TestContext,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<Opened> {
    const visit = await browser.newContext({ viewport: { width: 1_280, height: 900 }, ...options });
    context.after(() => visit.close());
    visit.setDefaultTimeout(patienceMs);
    const page = await visit.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('websocket', (socket) => requests.push(socket.url()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    await page.goto(url);
    const text = async (id: string): Promise<string> => (await page.locator(`#${id}`).textContent()) ?? '';
    return {
      page,
      requests,
      complaints,
      text,
      async has(id, wanted) {
        const hasText = typeof wanted === 'string' ? new RegExp(`^${escapeRegExp(wanted)}$`) : wanted;
        await page.locator(`#${id}`).filter({ hasText }).waitFor({ state: 'attached' });
      },
    };
  }

  const link = ({ origin, dashboard }: TestDashboard): string => origin + dashboard.link;

  test('C15: shows the seven figures as they are, each second, and asks no other host for anything', async (context) => {
    const server = await startTestDashboard(context);
    const { page, requests, complaints, has } = await open(context, link(server));
    await has('status', '● Live');
    assert.equal(new URL(page.url()).search, '');
    for (const round of [1, 2]) {
      Object.assign(server.totals, {
        lookups: 1_000 * round,
        hits: 800 * round,
        replies: 10 * round,
        replyMs: 425 * round,
        batches: 1_234 * round,
        messages: 5_678 * round,
        connections: 12 * round,
        poolUtilization: 0.25,
        cacheEntries: 900 * round,
        waitingBatches: 3 * round,
      });
      await server.clock.advance(1_000);
      await has('value-hitRatio', '80.0\u00a0%');
      await has('value-meanResponseMs', '42.5\u00a0ms');
      await has('value-batchesSent', round === 1 ? '1,234' : '2,468');
      await has('value-messagesProcessed', round === 1 ? '5,678' : '11,356');
      await has('value-activeConnections', String(12 * round));
      await has('value-cacheEntries', round === 1 ? '900' : '1,800');
      await has('value-activeBatches', String(3 * round));
      await has('detail-activeConnections', /upstream pool 25\.0\u00a0% used/);
    }
    const { host } = new URL(server.origin);
    assert.ok(requests.length >= 10);
    for (const url of requests) assert.equal(new URL(url).host, host, url);
    assert.deepEqual(complaints, []);
  });

  test('C15: turns green, yellow and red, and says so in words, when a threshold is neared and crossed', async (context) => {
    const server = await startTestDashboard(context);
    const { page, complaints, has } = await open(context, link(server));
    await has('status', '● Live');
    await has('level-meanResponseMs', 'Too little data');
    const tile = page.locator('#tile-meanResponseMs');
    const colours = new Set<string>();
    for (const [meanMs, level, word] of [
      [100, 'good', '✓ Good'],
      [470, 'close', '▲ Near limit'],
      [800, 'beyond', '✕ Above limit'],
      [100, 'good', '✓ Good'],
    ] as const) {
      // A minute later those before no longer count.
      await server.clock.advance(61_000);
      server.totals.replies += 100;
      server.totals.replyMs += 100 * meanMs;
      await server.clock.advance(1_000);
      await has('level-meanResponseMs', word);
      assert.equal(await tile.getAttribute('data-level'), level);
      const colour = await page.locator('#level-meanResponseMs').evaluate(settledColour);
      if (colours.size < 3) assert.ok(!colours.has(colour), `${word} has a colour of its own`);
      colours.add(colour);
    }
    assert.equal(colours.size, 3);
    await has('announcer', 'Mean response time: Good.');
    await has('level-batchesSent', 'No limit');
    assert.deepEqual(complaints, []);
  });

  test('C15: shows alerts while they are raised, as text whatever they hold', async (context) => {
    const server = await startTestDashboard(context);
    const { page, complaints, has } = await open(context, link(server));
    await has('alerts', '✓ No alert is raised.');
    const message = '<img src=x onerror=alert(1)> 61.0%, threshold 70.0%';
    server.alerts.push({ rule: 'cache_hit_rate', message, at: '2026-01-01T00:00:01.000Z' });
    await server.clock.advance(1_000);
    await has(
      'alerts',
      /^✕ cache_hit_rate <img src=x onerror=alert\(1\)> 61\.0%, threshold 70\.0%, since \d\d:\d\d:01$/,
    );
    assert.equal(await page.locator('#alerts img').count(), 0);
    server.alerts.length = 0;
    await server.clock.advance(1_000);
    await has('alerts', '✓ No alert is raised.');
    assert.deepEqual(complaints, []);
  });

  test('C15: shows nothing without the token', async (context) => {
    const server = await startTestDashboard(context);
    const { page, requests } = await open(context, `${server.origin}/dashboard`);
    assert.match((await page.textContent('body')) ?? '', /Open the link that `perfkit serve` printed/);
    assert.equal(await page.locator('.tile').count(), 0);
    assert.equal(requests.filter((url) => url.startsWith('ws')).length, 0);
  });

  test('C15: is kept from pages of another origin, even in the browser that has the cookie', async (context) => {
    const server = await startTestDashboard(context);
    const other = await startTestDashboard(context);
    const { page, has } = await open(context, link(server));
    await has('status', '● Live');
    // The policy of a dashboard would hold its page back; a text of the other server has none.
    await page.goto(`${other.origin}/nothing`);
    const outcome = await page.evaluate(connectFromHere, server.origin.replace('http', 'ws'));
    assert.equal(outcome, 'refused');
    await page.evaluate(frameHere, `${server.origin}/dashboard`);
    assert.match(page.frames().at(-1)?.url() ?? '', /^chrome-error:/);
    while (server.dashboard.stats().clients > 0) await server.clock.settle();
  });

  test('draws the history of the last ten minutes, and says in words what is drawn', async (context) => {
    const server = await startTestDashboard(context);
    for (let second = 0; second < 90; second++) {
      server.totals.connections = second;
      await server.clock.advance(1_000);
    }
    const { page, complaints, has } = await open(context, link(server));
    await has('status', '● Live');
    const chart = page.locator(
      '#chart-activeConnections[aria-label="Connections: now 89, between 0 and 89"]',
    );
    await chart.waitFor();
    assert.equal(await page.locator('.chart canvas').count(), 6);
    assert.ok((await chart.locator('canvas').evaluate(paintedPixels)) > 500);
    assert.deepEqual(complaints, []);
  });

  test('says since when it is disconnected, and is live again when the server answers', async (context) => {
    const server = await startTestDashboard(context);
    const { page, has } = await open(context, link(server));
    await has('status', '● Live');
    await page.evaluate(recordTexts, 'status');
    server.cut();
    await page.waitForFunction(hasRecorded, ['✕ Disconnected since ', '● Live']);
    await server.stop();
    await has('status', /^✕ Disconnected since \d\d:\d\d:\d\d, next try in \d+ s$/);
  });

  test('says that a server started again needs its new link', async (context) => {
    const server = await startTestDashboard(context);
    const { page, has } = await open(context, link(server));
    await has('status', '● Live');
    // As after a start of the server: what the browser has is of no use any more.
    await page.context().clearCookies();
    server.cut();
    await has('status', /the server was started again, open the link that it printed$/);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`fits on a phone, keeps its boxes where they are and its text readable when ${colorScheme}`, async (context) => {
      const server = await startTestDashboard(context);
      const viewport = { width: 360, height: 780 };
      const { page, has } = await open(context, link(server), { viewport, colorScheme });
      await has('status', '● Live');
      const boxes = await page.locator('.tile').evaluateAll(boxesOf);
      Object.assign(server.totals, { lookups: 1e7, hits: 1e6, replies: 1e6, replyMs: 9e8, batches: 1e9 });
      Object.assign(server.totals, { messages: 1e9, connections: 12_001, cacheEntries: 4_000 });
      await server.clock.advance(1_000);
      await has('level-hitRatio', '✕ Below limit');
      assert.deepEqual(await page.locator('.tile').evaluateAll(boxesOf), boxes);
      assert.ok((await page.evaluate(pageWidth)) <= viewport.width);
      const contrasts = await page
        .locator('.tile h3, .value, .level, .detail, #status, #updated')
        .evaluateAll(contrastsOf);
      for (const { text, ratio } of contrasts) assert.ok(ratio >= 4.5, `${text} has a contrast of ${ratio}`);
    });
  }

  test('C15: shows what a real server does', async (context) => {
    const server = await startTestServer(context, {
      dashboard: true,
      config: { cacheHitRateThreshold: 0.5 },
    });
    const { has, text, complaints } = await open(context, server.origin + (server.dashboardLink ?? ''));
    await has('status', '● Live');
    let asked = 0;
    const ask = async (question: string): Promise<void> => {
      const { status } = await server.post('/messages', { conversation: 'a', question });
      assert.equal(status, 200);
      asked++;
    };
    while ((await text('level-hitRatio')) !== '✕ Below limit') await ask(`what of thing ${asked}?`);
    while ((await text('level-hitRatio')) !== '✓ Good') await ask('what of the same?');
    await has('value-messagesProcessed', new Intl.NumberFormat('en-GB').format(asked));
    await has('level-meanResponseMs', /✓ Good|▲ Near limit|✕ Above limit/);
    assert.notEqual(await text('value-activeConnections'), '0');
    assert.deepEqual(complaints, []);
  });
});

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

// What follows runs in the browser. Its globals are not known here, and checked by what the functions return.
/* oxlint-disable typescript/no-explicit-any */

/** The colour after the transition to it. */
async function settledColour(element: any): Promise<string> {
  await Promise.all(element.getAnimations().map((animation: any) => animation.finished.catch(() => null)));
  return Reflect.get(globalThis, 'getComputedStyle')(element).color;
}

function connectFromHere(origin: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${origin}/dashboard/feed`);
    socket.addEventListener('open', () => resolve('open'));
    socket.addEventListener('error', () => resolve('refused'));
  });
}

/** Shows a page inside of this one; a browser that may not shows an error page of its own. */
function frameHere(url: string): Promise<void> {
  const document: any = Reflect.get(globalThis, 'document');
  return new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.addEventListener('load', () => resolve());
    frame.src = url;
    document.body.append(frame);
  });
}

/** Keeps every text that an element has from now on: some are there for a moment only. */
function recordTexts(id: string): void {
  const recorded: string[] = [];
  Reflect.set(globalThis, 'recorded', recorded);
  const element: any = Reflect.get(globalThis, 'document').getElementById(id);
  const Observer: any = Reflect.get(globalThis, 'MutationObserver');
  new Observer(() => recorded.push(element.textContent)).observe(element, { childList: true });
}

/** Whether texts that begin so were recorded, in this order. */
function hasRecorded(beginnings: string[]): boolean {
  let next = 0;
  for (const text of Reflect.get(globalThis, 'recorded')) {
    if (text.startsWith(beginnings[next])) next++;
    if (next === beginnings.length) return true;
  }
  return false;
}

function paintedPixels(canvas: any): number {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let painted = 0;
  for (let index = 3; index < data.length; index += 4) if (data[index] > 0) painted++;
  return painted;
}

function boxesOf(elements: any[]): number[][] {
  return elements.map((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return [x, y, width, height].map(Math.round);
  });
}

function pageWidth(): number {
  const document: any = Reflect.get(globalThis, 'document');
  return document.documentElement.scrollWidth;
}

/** Of text against the first ground behind it (WCAG 2.2, relative luminance). */
function contrastsOf(elements: any[]): { text: string; ratio: number }[] {
  const styleOf = (element: any): any => Reflect.get(globalThis, 'getComputedStyle')(element);
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
      const share = Number(part) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element: any): string => {
    const { backgroundColor } = styleOf(element);
    const isClear = backgroundColor === 'rgba(0, 0, 0, 0)';
    return isClear && element.parentElement !== null ? groundOf(element.parentElement) : backgroundColor;
  };
  return elements.map((element) => {
    for (const animation of element.getAnimations()) animation.finish();
    for (const animation of element.parentElement.getAnimations()) animation.finish();
    const [one, other] = [luminance(styleOf(element).color), luminance(groundOf(element))];
    return {
      text: element.textContent,
      ratio: (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05),
    };
  });
}
