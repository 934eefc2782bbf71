import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  OfflineQueueFullError,
  SyncTimeoutError,
  createMemoryOfflineQueue,
} from '../../../src/components/sync/index.ts';
import type { RetryOptions } from '../../../src/components/sync/index.ts';
import { createRandom } from '../../../src/measure/random.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { contentOf, copyOf, createWorld } from './sync-world.ts';

/** What becomes of a request. `late`: it is applied, and the reply comes when nobody waits any more. */
type Fate = 'served' | 'down' | 'lost' | 'applied, reply lost' | 'twice' | 'late';

const fates: readonly Fate[] = ['served', 'down', 'lost', 'applied, reply lost', 'twice', 'late'];
const timeoutMs = 1_000;

/** A server that does with requests what `next` says, on a virtual clock. */
function faultyWorld(next: () => Fate, retry: Omit<RetryOptions, 'timers'>) {
  const clock = new VirtualClock();
  const world = createWorld();
  /** The changes as the log took them, by what became of its version. */
  const arrived: string[] = [];
  const append = world.log.append.bind(world.log);
  world.log.append = (clientId, changes) => {
    const before = world.log.version();
    const outcomes = append(clientId, changes);
    for (const [index, { version }] of outcomes.entries()) {
      if (version > before) arrived.push(`${changes[index]?.json}`);
    }
    return outcomes;
  };
  const late: Promise<void>[] = [];
  const afterTimeout = async (body: Uint8Array): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    clock.setTimeout(resolve, timeoutMs * 3);
    await promise;
    await world.server.handle(body);
  };
  const client = world.join({
    timers: clock,
    timeoutMs,
    retry,
    maxBatch: 3,
    transport: async (body) => {
      const fate = next();
      if (fate === 'down') throw new Error('connection refused');
      if (fate === 'late') late.push(afterTimeout(body));
      if (fate === 'lost' || fate === 'late') return new Promise(() => undefined);
      const reply = await world.server.handle(body);
      if (fate === 'twice') await world.server.handle(body);
      if (fate === 'applied, reply lost') return new Promise(() => undefined);
      return reply;
    },
  });
  return { ...world, client, clock, arrived, late };
}

/** Let time pass until the work is done. */
async function finish<T>(work: Promise<T>, clock: VirtualClock): Promise<T> {
  const state = { done: false };
  const settled = (): void => {
    state.done = true;
  };
  const watch = work.then(settled, settled);
  for (let steps = 0; !state.done; steps++) {
    assert.ok(steps < 100_000, 'it goes on for ever');
    await clock.advance(500);
  }
  await watch;
  return work;
}

describe('S14', () => {
  test('S14: every change arrives once and in order, through refusals, time-outs, lost, late and double replies', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...fates), { maxLength: 25 }),
        fc.array(fc.constantFrom('r1', 'r2', 'r3'), { minLength: 1, maxLength: 15 }),
        fc.integer({ min: 0, max: 2 ** 31 }),
        async (script, records, seed) => {
          const random = createRandom(seed);
          const pending = [...script];
          const world = faultyWorld(() => pending.shift() ?? 'served', {
            attempts: 1_000,
            random: () => random.next(),
          });
          const { client, clock, arrived, log } = world;
          const sent: string[] = [];
          for (const [index, record] of records.entries()) {
            client.put(record, index);
            sent.push(`${index}`);
            // Some while a sync is under way.
            if (index % 4 === 0) void client.sync();
            if (index % 3 === 0) await clock.advance(700);
          }
          await finish(client.sync(), clock);
          if (client.pending > 0) await finish(client.sync(), clock);
          await clock.advance(timeoutMs * 4);
          await Promise.all(world.late);
          assert.deepEqual(arrived, sent);
          assert.equal(client.pending, 0);
          assert.deepEqual(copyOf(client), contentOf(log));
        },
      ),
      { numRuns: 200 },
    ));

  test('S14: waits between attempts are spread evenly from none to the bound, which doubles up to the longest', async () => {
    const waits: number[][] = [];
    for (let run = 0; run < 200; run++) {
      const random = createRandom(run);
      const own: number[] = [];
      const { client, clock } = faultyWorld(() => 'down', {
        initialMs: 100,
        maxMs: 1_000,
        attempts: 7,
        random: () => random.next(),
        onRetry: (_error, _attempt, waitMs) => own.push(waitMs),
      });
      client.put('x', 1);
      await assert.rejects(finish(client.sync(), clock), /connection refused/);
      waits.push(own);
    }
    for (const [index, bound] of [100, 200, 400, 800, 1_000, 1_000].entries()) {
      const drawn = waits.map((own) => own[index] ?? NaN);
      const mean = drawn.reduce((sum, waitMs) => sum + waitMs, 0) / drawn.length;
      assert.ok(drawn.every((waitMs) => waitMs >= 0 && waitMs < bound));
      // The mean of 200 even draws is within 5 standard errors (bound / sqrt(12 * 200)) of the half.
      assert.ok(Math.abs(mean - bound / 2) < (5 * bound) / Math.sqrt(2_400), `${mean} of ${bound}`);
      assert.ok(Math.min(...drawn) < bound * 0.1 && Math.max(...drawn) > bound * 0.9);
    }
  });

  test('S14: the virtual time between attempts is the wait, and no attempt is made before', async () => {
    const attempts: number[] = [];
    const world = faultyWorld(
      () => {
        attempts.push(world.clock.nowMs());
        return attempts.length < 4 ? 'down' : 'served';
      },
      { initialMs: 100, maxMs: 10_000, random: () => 0.5 },
    );
    world.client.put('x', 1);
    await finish(world.client.sync(), world.clock);
    assert.deepEqual(attempts, [0, 50, 150, 350]);
  });

  test('S14: changes made while the server is down wait in the queue, which is bounded', async () => {
    const { join, log } = createWorld();
    const client = join({ queue: createMemoryOfflineQueue({ maxChanges: 3 }) });
    for (const value of [1, 2, 3]) client.put('x', value);
    assert.throws(() => client.put('x', 4), OfflineQueueFullError);
    assert.equal(client.get('x'), 3);
    await client.sync();
    client.put('x', 5);
    await client.sync();
    assert.deepEqual(contentOf(log), { x: 5 });
  });
});

test('an attempt that takes too long is given up, with its signal aborted', async () => {
  const clock = new VirtualClock();
  const reasons: unknown[] = [];
  const client = createWorld().join({
    timers: clock,
    timeoutMs,
    retry: { attempts: 2, random: () => 0 },
    transport: async (_body, { signal }) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason));
      return new Promise(() => undefined);
    },
  });
  await assert.rejects(finish(client.sync(), clock), SyncTimeoutError);
  assert.equal(reasons.length, 2);
  assert.equal(clock.nowMs() >= 2 * timeoutMs, true);
  assert.equal(clock.pending.length, 0);
});

test('an error that another attempt would not help ends the sync, and the changes stay', async () => {
  let attempts = 0;
  const client = createWorld().join({
    retry: { shouldRetry: (error) => !error.message.includes('forbidden') },
    transport: async () => {
      attempts++;
      throw new Error('forbidden');
    },
  });
  client.put('x', 1);
  await assert.rejects(client.sync(), /forbidden/);
  assert.deepEqual([attempts, client.pending], [1, 1]);
});

test('a signal stops the wait between attempts and the attempt under way', async () => {
  for (const fate of ['down', 'lost'] as const) {
    const stop = new AbortController();
    const clock = new VirtualClock();
    const client = createWorld().join({
      timers: clock,
      signal: stop.signal,
      transport: async () => {
        if (fate === 'down') throw new Error('connection refused');
        return new Promise(() => undefined);
      },
    });
    const sync = client.sync();
    await clock.settle();
    stop.abort(new Error('the device sleeps'));
    await assert.rejects(sync, /the device sleeps/);
    assert.equal(clock.pending.length, 0);
  }
});

test('a reply without a body is no reply to a client that sent changes', async () => {
  const client = createWorld().join({ retry: { attempts: 1 }, transport: async () => null });
  client.put('x', 1);
  await assert.rejects(client.sync(), /`reply` to be a body, got none/);
  assert.equal(client.pending, 1);
});

test('callers at the same time share one sync', async () => {
  const { join, server } = createWorld();
  const client = join();
  const [first, second] = await Promise.all([client.sync(), client.sync()]);
  assert.equal(first, second);
  assert.equal(server.stats().full, 1);
});
