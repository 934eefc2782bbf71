import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadLoops } from '../../../src/bench/samplers/load-loops.ts';
import { createResults } from '../../../src/bench/rounds/results.ts';
import { Histogram } from '../../../src/measure/histogram.ts';

const loops = await loadLoops();

test('each copy of the loops is a copy', async () => {
  const other = await loadLoops();
  assert.notEqual(other.runBatch, loops.runBatch);
});

test('every index is called once, in order, whichever calls throw and however many operations there are', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.nat(1_000),
      fc.nat(100),
      fc.func(fc.boolean()),
      fc.boolean(),
      (kinds, start, count, throws, timed) => {
        const called: string[] = [];
        const failed: string[] = [];
        const choice = Uint8Array.from({ length: kinds === 1 ? 1 : 16 }, (_, index) => index % kinds);
        const operations = Array.from({ length: kinds }, (_, id) => (index: number) => {
          called.push(`${index}:${id}`);
          if (throws(index)) throw new Error(`${index}`);
          return index;
        });
        const schedule = { names: operations.map(String), operations, choice };
        const onError = (error: unknown, id: number): void => {
          failed.push(`${error instanceof Error ? error.message : ''}:${id}`);
        };
        const results = createResults();
        const durations = operations.map(() => new Histogram());
        let time = 0;
        const now = (): number => (time += 500);
        if (timed) loops.timeEach(schedule, start, start + count, results, onError, now, durations);
        else loops.runBatch(schedule, start, start + count, results, onError);
        const expected = Array.from({ length: count }, (_, offset) => {
          const index = start + offset;
          return { text: `${index}:${choice[index & (choice.length - 1)]}`, throws: throws(index) };
        });
        assert.deepEqual(
          called,
          expected.map(({ text }) => text),
        );
        assert.deepEqual(
          failed,
          expected.filter((one) => one.throws).map(({ text }) => text),
        );
        const recorded = durations.reduce((sum, histogram) => sum + histogram.count, 0);
        assert.equal(recorded, timed ? count - failed.length : 0);
        for (const histogram of durations) {
          if (histogram.count > 0) assert.equal(histogram.min, 500);
          histogram.destroy();
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('results stay alive: the last eight can be seen', () => {
  const results = createResults();
  const schedule = {
    names: ['run'],
    operations: [(index: number) => `value ${index}`],
    choice: new Uint8Array(1),
  };
  loops.runBatch(schedule, 0, 100, results, () => undefined);
  assert.deepEqual(new Set(results), new Set(Array.from({ length: 8 }, (_, index) => `value ${92 + index}`)));
});
