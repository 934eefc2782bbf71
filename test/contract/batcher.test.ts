import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createBatcher, QueueFullError } from '../../src/components/batcher/index.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

// Random sequences of everything a user can do, on a virtual clock, against handlers that take their time and fail.

const settings = fc.record({
  maxBatchSize: fc.integer({ min: 1, max: 5 }),
  maxWaitMs: fc.integer({ min: 0, max: 8 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  extraQueue: fc.integer({ min: 0, max: 12 }),
  /** What the next calls of the handler do, again and again. */
  calls: fc.array(
    fc.record({
      takesMs: fc.integer({ min: 0, max: 12 }),
      ends: fc.constantFrom('well', 'well', 'well', 'throws', 'short'),
    }),
    {
      minLength: 1,
      maxLength: 6,
    },
  ),
});

const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ op: fc.constant('add' as const), abortable: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('abort' as const), which: fc.nat({ max: 1000 }) }) },
    {
      weight: 3,
      arbitrary: fc.record({ op: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 9 }) }),
    },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('flush' as const) }) },
  ),
  { maxLength: 80, size: 'max' },
);

interface Added {
  readonly item: number;
  readonly addedMs: number;
  readonly controller: AbortController | null;
  outcome: { readonly value: string } | { readonly error: unknown } | null;
  handedOver: boolean;
}

test('no item is lost, doubled, out of order, late, or given the result of another', async () => {
  await fc.assert(
    fc.asyncProperty(
      settings,
      steps,
      async ({ maxBatchSize, maxWaitMs, concurrency, extraQueue, calls }, sequence) => {
        const clock = new VirtualClock();
        const maxQueue = maxBatchSize + extraQueue;
        const all: Added[] = [];
        /** By item: how the call that took it ended. */
        const endings = new Map<number, string>();
        const outstanding = (): Added[] => all.filter((added) => added.outcome === null);
        const queued = (): Added[] => outstanding().filter((added) => !added.handedOver);
        let running = 0;
        let callIndex = 0;
        let flushedUpTo = -1;
        let lastItem = -1;

        const batcher = createBatcher<number, string>({
          maxBatchSize,
          maxWaitMs,
          maxQueue,
          concurrency,
          timers: clock,
          now: clock.nowMs,
          handler: async (items) => {
            const call = calls[callIndex++ % calls.length];
            assert.ok(call !== undefined);
            running++;
            assert.ok(running <= concurrency);
            assert.ok(items.length >= 1 && items.length <= maxBatchSize);
            const first = all[items[0] ?? -1];
            assert.ok(first !== undefined);
            const full = items.length === maxBatchSize;
            assert.ok(
              full || first.item <= flushedUpTo || clock.nowMs() - first.addedMs >= maxWaitMs,
              'not before it is due',
            );
            for (const item of items) {
              assert.ok(item > lastItem, 'in order of arrival, and only once');
              lastItem = item;
              endings.set(item, call.ends);
              const added = all[item];
              assert.ok(
                added !== undefined && added.controller?.signal.aborted !== true,
                'not after it was aborted',
              );
              added.handedOver = true;
            }
            await new Promise<void>((resolve) => clock.setTimeout(resolve, call.takesMs));
            running--;
            if (call.ends === 'throws') throw new Error('batch failed');
            const results = items.map((item) =>
              item % 5 === 0 ? new Error(`item ${item} failed`) : `done ${item}`,
            );
            return call.ends === 'short' ? results.slice(1) : results;
          },
        });

        const flushes: Promise<void>[] = [];
        for (const step of sequence) {
          if (step.op === 'add') {
            const controller = step.abortable ? new AbortController() : null;
            const added: Added = {
              item: all.length,
              addedMs: clock.nowMs(),
              controller,
              outcome: null,
              handedOver: false,
            };
            const full = queued().length >= maxQueue;
            if (full) {
              await assert.rejects(batcher.add(added.item), QueueFullError);
              continue;
            }
            all.push(added);
            void batcher.add(added.item, { signal: controller?.signal }).then(
              (value) => (added.outcome = { value }),
              (error: unknown) => (added.outcome = { error }),
            );
          } else if (step.op === 'abort') {
            const candidates = outstanding().filter((added) => added.controller?.signal.aborted === false);
            candidates[step.which % Math.max(1, candidates.length)]?.controller?.abort(
              new Error('changed my mind'),
            );
          } else if (step.op === 'advance') await clock.advance(step.ms);
          else {
            flushedUpTo = all.length - 1;
            const there = outstanding();
            flushes.push(
              batcher.flush().then(() => assert.ok(there.every((added) => added.outcome !== null))),
            );
          }
          await clock.settle();
          assert.equal(batcher.stats().queued, queued().length);
          assert.ok(queued().length <= maxQueue);
          assert.ok(clock.pending.length <= 1 + running, 'one timer besides those of the handler');
          if (running < concurrency) {
            assert.ok(queued().length < maxBatchSize, 'a full batch does not wait for nothing');
            // A wait of 0 ends with the next timer phase, which time standing still does not reach.
            assert.ok(
              queued().every((added) => clock.nowMs() - added.addedMs < Math.max(1, maxWaitMs)),
              'nobody waits too long',
            );
          }
        }

        flushedUpTo = all.length - 1;
        const closed = batcher.close();
        await assert.rejects(batcher.add(-1), { name: 'BatcherClosedError' });
        await clock.advance(10_000);
        await Promise.all([closed, ...flushes]);
        for (const added of all)
          assert.deepEqual(resultOf(added), expectedOf(added, endings.get(added.item)));
        const stats = batcher.stats();
        assert.equal(stats.added, all.length);
        assert.equal(stats.completed + stats.failed + stats.aborted, all.length);
        assert.equal(stats.aborted, all.filter((added) => resultOf(added) === 'changed my mind').length);
        assert.deepEqual([stats.queued, stats.running, clock.pending.length], [0, 0, 0]);
      },
    ),
    { numRuns: 150 },
  );
});

function resultOf({ outcome }: Added): string {
  if (outcome === null) return 'never settled';
  if ('value' in outcome) return outcome.value;
  return outcome.error instanceof Error ? outcome.error.message : `no Error: ${String(outcome.error)}`;
}

function expectedOf(added: Added, ending: string | undefined): string {
  // An abort after the result is too late to matter; then the outcome shows it.
  if (added.controller?.signal.aborted === true && resultOf(added) === 'changed my mind')
    return 'changed my mind';
  if (ending === 'throws') return 'batch failed';
  if (ending === 'short') {
    const message = resultOf(added);
    assert.match(
      message,
      /^Expected `handler` to return an array of \d+ results, one for each item, got \d+\.$/,
    );
    return message;
  }
  return added.item % 5 === 0 ? `item ${added.item} failed` : `done ${added.item}`;
}
