import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createConfidenceUpdater, updateConfidence } from '../../../src/components/batcher/index.ts';
import type { ConfidenceUpdate } from '../../../src/components/batcher/index.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

function createStore(initial = 0.5) {
  const confidences = new Map<string, number>();
  const batches: (readonly ConfidenceUpdate<string>[])[] = [];
  const apply = (updates: readonly ConfidenceUpdate<string>[]): void => {
    batches.push(updates);
    for (const { key, scale, offset } of updates) {
      confidences.set(key, scale * (confidences.get(key) ?? initial) + offset);
    }
  };
  return { confidences, batches, apply };
}

test('batches give what the rule gives outcome by outcome, within 1e-9', async () => {
  const rate = fc.double({ min: 0, max: 1, noNaN: true });
  const outcomes = fc.array(
    fc.record({ key: fc.constantFrom('a', 'b', 'c'), outcome: fc.oneof(fc.boolean(), rate) }),
    { maxLength: 200 },
  );
  await fc.assert(
    fc.asyncProperty(
      outcomes,
      fc.record({ learningRate: rate, decay: rate, prior: rate }),
      fc.integer({ min: 1, max: 60 }),
      rate,
      async (all, rule, maxBatchSize, initial) => {
        const { confidences, apply } = createStore(initial);
        const updater = createConfidenceUpdater<string>({ ...rule, apply, maxBatchSize });
        const done = Promise.all(all.map(({ key, outcome }) => updater.update(key, outcome)));
        await updater.close();
        await done;
        const expected = new Map<string, number>();
        for (const { key, outcome } of all) {
          expected.set(key, updateConfidence(expected.get(key) ?? initial, outcome, rule));
        }
        assert.deepEqual([...confidences.keys()].toSorted(), [...expected.keys()].toSorted());
        for (const [key, confidence] of expected) {
          assert.ok(Math.abs((confidences.get(key) ?? NaN) - confidence) <= 1e-9, key);
          assert.ok(confidence >= 0 && confidence <= 1);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('moves a tenth of the way to the outcome, after forgetting a twentieth of what was known', () => {
  // d = 0.5 + 0.95 * (0.8 - 0.5) = 0.785; 0.785 + 0.1 * (1 - 0.785) = 0.8065; and towards 0: 0.7065.
  assert.ok(Math.abs(updateConfidence(0.8, true) - 0.8065) < 1e-12);
  assert.ok(Math.abs(updateConfidence(0.8, false) - 0.7065) < 1e-12);
  assert.equal(updateConfidence(0.3, 1, { learningRate: 1 }), 1);
  assert.equal(updateConfidence(0.3, 0, { learningRate: 0, decay: 1 }), 0.3);
});

test('stores one update for each key of a batch of 500', async () => {
  const { batches, apply } = createStore();
  const updater = createConfidenceUpdater<string>({ apply });
  const done = Promise.all(Array.from({ length: 1000 }, (_, index) => updater.update(`p${index % 7}`, true)));
  await done;
  assert.deepEqual(
    batches.map((batch) => batch.map(({ outcomes }) => outcomes).reduce((sum, count) => sum + count)),
    [500, 500],
  );
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [7, 7],
  );
});

test('only the outcomes of a key that failed fail, or are tried again', async () => {
  const clock = new VirtualClock();
  let calls = 0;
  const applied: string[] = [];
  const updater = createConfidenceUpdater<string>({
    apply: (updates) => {
      calls++;
      return updates.map(({ key, outcomes }) => {
        if (key === 'locked' && calls < 3) return new Error('locked');
        if (key === 'gone') return new Error('gone');
        applied.push(`${key} ${outcomes}`);
        return null;
      });
    },
    batcher: {
      retries: 5,
      backoff: { initialMs: 10, jitter: 0 },
      shouldRetry: ({ message }) => message === 'locked',
      timers: clock,
      now: clock.nowMs,
    },
  });
  const done = Promise.allSettled(
    ['fine', 'locked', 'gone', 'locked'].map((key) => updater.update(key, true)),
  );
  await clock.advance(1000);
  assert.deepEqual(
    (await done).map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(applied, ['fine 1', 'locked 2']);
});

test('refuses what is no outcome, and a rule it cannot follow', async () => {
  const updater = createConfidenceUpdater<string>({ apply: () => {} });
  await assert.rejects(updater.update('a', 1.5), /`outcome` to be a number from 0 to 1, got `1\.5`/);
  await assert.rejects(updater.update('a', NaN), /`outcome`/);
  assert.throws(() => createConfidenceUpdater({ apply: () => {}, learningRate: 2 }), /`learningRate`/);
  assert.throws(() => updateConfidence(0.5, true, { decay: -1 }), /`decay`/);
  await updater.close();
});
