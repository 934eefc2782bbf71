import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { slopeOf } from '../../../src/components/monitor/index.ts';
import { createChat } from '../../../src/server/chat/chat.ts';
import { resolveConfig } from '../../../src/server/config/resolve-config.ts';
import { createJobQueue } from '../../../src/server/jobs/job-queue.ts';
import { ConversationBatches } from '../../../src/server/live/conversation-batches.ts';
import { startMaintenance } from '../../../src/server/maintenance.ts';
import { createErrorCounts } from '../../../src/server/monitoring/error-counts.ts';
import { HttpError } from '../../../src/server/http/http-error.ts';
import { startModuleServer } from '../../../src/server/upstream/module-server.ts';
import { createUpstream } from '../../../src/server/upstream/upstream.ts';
import { createCorpus } from '../../../src/server/work/corpus.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { startVirtualMonitoring } from './start-virtual-monitoring.ts';

const config = resolveConfig().config;
const minuteMs = 60_000;
const hourMs = 3_600_000;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Chat over an answerer and a service that say something of some size, on a virtual clock. */
function startChat(clock: VirtualClock) {
  return createChat(
    {
      answerer: { answer: (question) => ({ text: `${question} `.repeat(40), topic: question, sources: [] }) },
      upstream: { call: async (path) => ({ path, summary: path.repeat(20) }) },
      conversations: {
        state: () => null,
        messages: () => [],
        add: async ({ conversation: id, topic, atMs }) => ({
          id,
          messages: 2,
          topic,
          interests: [],
          updatedAtMs: atMs,
        }),
      },
    },
    config,
    { now: clock.nowMs, timers: clock, today: clock.nowMs, log: () => undefined },
  );
}

describe('automatic clean-up', () => {
  test('C11: expired entries of every cache are removed within a minute, without anybody asking for them', async () => {
    const clock = new VirtualClock();
    const chat = startChat(clock);
    const entries = (): Record<string, number | null> =>
      Object.fromEntries(Object.entries(chat.stats()).map(([name, stats]) => [name, stats.entries]));
    for (let index = 0; index < 100; index++) await chat.ask(`c${index}`, `question ${index}`);
    assert.deepEqual(entries(), { messages: 100, modules: 100, states: 100 });
    // States live for 5 s, replies of the service for 60 s, answers for 300 s.
    await clock.advance(config.stateTtlMs + minuteMs);
    assert.equal(entries()['states'], 0);
    await clock.advance(config.moduleTtlMs - config.stateTtlMs);
    assert.deepEqual(entries(), { messages: 100, modules: 0, states: 0 });
    await clock.advance(config.messageTtlMs - config.moduleTtlMs);
    assert.deepEqual(entries(), { messages: 0, modules: 0, states: 0 });
  });

  test('C11: idle connections to the module service are closed after 5 minutes, not before', async (context) => {
    const clock = new VirtualClock();
    const corpus = createCorpus(3, 128);
    const key = new Uint8Array(32).fill(7);
    const service = await startModuleServer(corpus, key);
    const upstream = createUpstream(config, {
      address: { port: service.port, key },
      now: clock.nowMs,
      timers: clock,
    });
    context.after(async () => {
      await upstream.close();
      await service.close();
    });
    await Promise.all(Array.from({ length: 4 }, () => upstream.call(`/topics/${corpus.topics[0]?.name}`)));
    const open = upstream.stats().pool?.total ?? 0;
    assert.ok(open >= 1);
    await clock.advance(config.maxIdleMs - 1);
    assert.equal(upstream.stats().pool?.total, open);
    await clock.advance(1);
    assert.equal(upstream.stats().pool?.total, 0);
  });

  test('C11: a batch that its timer has left over is sent within 30 s', async () => {
    const clock = new VirtualClock();
    const sent: string[][] = [];
    const batches = new ConversationBatches({
      maxBatchSize: config.maxBatchSize,
      maxWaitMs: config.maxBatchWaitMs,
      now: clock.nowMs,
      // A timer that never comes.
      timers: { setTimeout: () => clock.setTimeout(() => undefined), clearTimeout: clock.clearTimeout },
      send: (_conversation, messages) => void sent.push([...messages]),
    });
    const maintenance = startMaintenance(
      config,
      { timers: clock },
      { live: { sweep: () => undefined, sendLeftOver: () => batches.sendDue() }, logMetrics: null },
    );
    batches.add('c1', '"a"');
    batches.add('c1', '"b"');
    await clock.advance(29_999);
    assert.deepEqual(sent, []);
    await clock.advance(1);
    assert.deepEqual(sent, [['"a"', '"b"']]);
    maintenance.stop();
  });
});

/** Heap in use after collections, hour by hour, of a day in which there is traffic every ten minutes. */
async function simulateDay(leak: unknown[] | null): Promise<{ atMs: number[]; values: number[] }> {
  const { clock, monitoring } = startVirtualMonitoring();
  const chat = startChat(clock);
  const jobs = createJobQueue(
    config,
    { run: async () => 'x'.repeat(2_000) },
    { now: clock.nowMs, timers: clock },
  );
  const errors = createErrorCounts({ now: clock.nowMs, today: clock.nowMs, record: () => undefined });
  const maintenance = startMaintenance(
    config,
    { timers: clock },
    { live: { sweep: () => undefined, sendLeftOver: () => undefined }, logMetrics: () => undefined },
  );
  const heap: { atMs: number[]; values: number[] } = { atMs: [], values: [] };
  for (let hour = 0; hour < 24; hour++) {
    for (let part = 0; part < 6; part++) {
      for (let index = 0; index < 50; index++) {
        const id = `h${hour}-${part}-${index}`;
        const reply = await chat.ask(id, `question ${id}`);
        jobs.add({ job: { kind: 'answer', conversation: id, question: id }, priority: 'medium' });
        errors.add('http', `GET /${id}`, new HttpError(404, `there is no ${id}`));
        monitoring.replied(200, index);
        leak?.push(structuredClone(reply));
      }
      await clock.advance(hourMs / 6);
    }
    // What the day before needed: compiled code, a full ring of samples.
    if (hour < 3) continue;
    collectGarbage();
    heap.atMs.push(clock.nowMs());
    heap.values.push(process.memoryUsage().heapUsed);
  }
  const chatEntries = Object.values(chat.stats()).map(({ entries }) => entries);
  assert.deepEqual(chatEntries, [0, 0, 0]);
  assert.equal(jobs.stats().queued, 0);
  // Maintenance's three, the sample's, and at most one of each part that tidies up.
  assert.ok(clock.pending.length <= 8, `${clock.pending.length} timers`);
  maintenance.stop();
  monitoring.stop();
  await jobs.close();
  return heap;
}

/** Of 300 questions and jobs an hour; 170 bytes kept of each would be more. */
const flatBytesPerHour = 50_000;

test('C11: memory is flat over a day of traffic, and the same day with a leak is told apart', async () => {
  const clean = slopeOf(await simulateDay(null));
  const leaking = slopeOf(await simulateDay([]));
  assert.ok(clean !== null && leaking !== null);
  const perHour = (slope: { perSecond: number }): number => slope.perSecond * 3_600;
  assert.ok(perHour(clean) < flatBytesPerHour, `${perHour(clean)} bytes an hour`);
  assert.ok(perHour(leaking) > 5 * flatBytesPerHour, `${perHour(leaking)} bytes an hour with a leak`);
});
