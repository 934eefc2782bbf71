import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createBatcher, priorities } from '../../src/components/batcher/index.ts';
import type { Overflow } from '../../src/components/batcher/index.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

// A sink that stores items and fails at any point: before all, after some, for single items, or never answers. Every
// item must end once, and be stored exactly as often as its caller was told.

const settings = fc.record({
  maxBatchSize: fc.integer({ min: 1, max: 5 }),
  maxBatchBytes: fc.constantFrom(5, 20, 1000),
  maxWaitMs: fc.integer({ min: 0, max: 6 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  extraQueue: fc.integer({ min: 0, max: 6 }),
  overflow: fc.constantFrom<Overflow>('reject', 'block', 'drop-oldest'),
  retries: fc.integer({ min: 0, max: 3 }),
  deliveryTimeoutMs: fc.constantFrom(0, 25),
  agingBatches: fc.integer({ min: 1, max: 4 }),
  adaptive: fc.boolean(),
  keyed: fc.boolean(),
  scheduled: fc.boolean(),
});

/** What each call of the sink does, again and again. */
const calls = fc.array(
  fc.record({
    takesMs: fc.integer({ min: 0, max: 8 }),
    /** Items stored before it fails; what comes after has an Error. */
    stores: fc.constantFrom(0, 1, 2, Infinity, Infinity, Infinity),
    ends: fc.constantFrom('answers', 'answers', 'answers', 'throws', 'hangs'),
  }),
  { minLength: 1, maxLength: 6 },
);

const steps = fc.array(
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({
        op: fc.constant('add' as const),
        key: fc.nat({ max: 6 }),
        bytes: fc.nat({ max: 9 }),
        priority: fc.constantFrom(...priorities, undefined),
        abortable: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('abort' as const), which: fc.nat({ max: 999 }) }) },
    {
      weight: 4,
      arbitrary: fc.record({ op: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 9 }) }),
    },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('flush' as const) }) },
  ),
  { maxLength: 70, size: 'max' },
);

interface Item {
  readonly id: number;
  readonly key: number;
  readonly bytes: number;
}

interface Added {
  readonly item: Item;
  readonly controller: AbortController | null;
  readonly outcomes: string[];
}

test('nothing is lost or doubled, whatever the sink does and whoever leaves', async () => {
  await fc.assert(
    fc.asyncProperty(settings, calls, steps, fc.boolean(), async (chosen, script, sequence, abortAll) => {
      const { extraQueue, keyed, scheduled, adaptive, ...options } = chosen;
      const { maxBatchSize, maxBatchBytes, concurrency } = options;
      const clock = new VirtualClock();
      const maxQueue = maxBatchSize + extraQueue;
      const all: Added[] = [];
      /** Times that an item was stored, by id. */
      const stored = new Map<number, number>();
      const inHandler = new Set<number>();
      const forAll = new AbortController();
      let [callIndex, running] = [0, 0];
      let hanging = 0;
      const batcher = createBatcher<Item, string>({
        ...options,
        maxQueue,
        ...(adaptive ? { adaptive: { targetMs: 4 } } : {}),
        ...(keyed ? { keyOf: ({ key }) => key } : {}),
        ...(scheduled ? { schedule: (handOver) => void clock.setTimeout(handOver, 3) } : {}),
        sizeOf: ({ bytes }) => bytes,
        backoff: { initialMs: 2, maxMs: 9, jitter: 0.2 },
        random: () => 0.3,
        signal: forAll.signal,
        timers: clock,
        now: clock.nowMs,
        handler: async (items, { signal }) => {
          const call = script[callIndex++ % script.length]!;
          running++;
          assert.ok(running <= concurrency);
          assert.ok(items.length >= 1 && items.length <= maxBatchSize);
          const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
          assert.ok(items.length === 1 || bytes <= maxBatchBytes);
          for (const { id } of items) {
            assert.ok(!inHandler.has(id), 'an item is with the handler once at a time');
            assert.ok(!stored.has(id), 'what was stored and told so is not handed over again');
            inHandler.add(id);
          }
          try {
            await new Promise<void>((resolve) => clock.setTimeout(resolve, call.takesMs));
            if (call.ends === 'throws') throw new Error('sink failed');
            if (call.ends === 'hangs') {
              hanging++;
              // Until nobody waits any more, or the test lets go.
              await new Promise<void>((resolve) => {
                signal.addEventListener('abort', () => resolve());
                clock.setTimeout(resolve, 40);
              });
              hanging--;
              throw new Error('sink hung');
            }
            return items.map(({ id }, index) => {
              if (index >= call.stores) return new Error('not stored');
              stored.set(id, (stored.get(id) ?? 0) + 1);
              return `stored ${id}`;
            });
          } finally {
            for (const { id } of items) inHandler.delete(id);
            running--;
          }
        },
      });

      let rejected = 0;
      const flushes: Promise<void>[] = [];
      for (const step of sequence) {
        if (step.op === 'add') {
          const controller = step.abortable ? new AbortController() : null;
          const added: Added = {
            item: { id: all.length, key: step.key, bytes: step.bytes },
            controller,
            outcomes: [],
          };
          all.push(added);
          void batcher.add(added.item, { priority: step.priority, signal: controller?.signal }).then(
            (value) => added.outcomes.push(value),
            (error: Error) => {
              if (error.name === 'QueueFullError') rejected++;
              added.outcomes.push(`${error.name}: ${error.message}`);
            },
          );
        } else if (step.op === 'abort') {
          const candidates = all.filter(
            ({ controller, outcomes }) => controller !== null && outcomes.length === 0,
          );
          candidates[step.which % Math.max(1, candidates.length)]?.controller?.abort(new Error('left'));
        } else if (step.op === 'advance') await clock.advance(step.ms);
        else flushes.push(batcher.flush());
        await clock.settle();
        const { queued, blocked } = batcher.stats();
        assert.ok(queued <= maxQueue + concurrency * maxBatchSize);
        assert.ok(blocked === 0 || chosen.overflow === 'block');
      }
      if (abortAll) forAll.abort(new Error('shut down'));
      const finish = { reached: false };
      void Promise.all([batcher.close(), batcher.onIdle(), ...flushes]).then(() => {
        finish.reached = true;
      });
      // A schedule is called once for each batch, a hanging sink lets go: all of this ends, in 20 s where each of 70 items is
      // a batch of its own and hangs four times.
      for (let rounds = 0; rounds < 1_500 && !finish.reached; rounds++) await clock.advance(20);
      assert.ok(finish.reached, 'close, onIdle and flush resolve');
      // Deadlines and back-offs of what is over are forgotten.
      await clock.advance(100);
      assert.equal(hanging, 0);

      for (const { item, outcomes } of all) {
        assert.equal(outcomes.length, 1, 'every item ends once');
        const told = outcomes[0] ?? '';
        const id = /^stored (\d+)$/.exec(told)?.[1];
        if (id !== undefined) {
          assert.equal(stored.get(Number(id)), 1, 'stored exactly once');
          assert.equal(all[Number(id)]?.item.key ?? -1, keyed ? item.key : all[Number(id)]?.item.key);
          if (!keyed) assert.equal(Number(id), item.id, 'its own result');
        } else {
          assert.match(
            told,
            /^(Error: (left|shut down|sink failed|sink hung|not stored)|(QueueFull|ItemDropped|DeliveryTimeout)Error: .*)$/,
          );
          // Stored but not told so only when the caller left while the sink was at it.
          if (!keyed && stored.has(item.id)) assert.match(told, /left|shut down|DeliveryTimeout/);
        }
      }
      for (const times of stored.values()) assert.equal(times, 1);
      const stats = batcher.stats();
      assert.equal(stats.added, all.length - rejected);
      assert.equal(
        stats.completed + stats.failed + stats.aborted + stats.dropped + stats.expired,
        stats.added,
      );
      assert.equal(stats.rejected, rejected);
      assert.deepEqual([stats.queued, stats.blocked, stats.running], [0, 0, 0]);
      assert.deepEqual(clock.pending, []);
    }),
    { numRuns: 200 },
  );
});
