import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../../../src/measure/random.ts';
import { findChangePoints } from '../../../src/measure/statistics/change-points.ts';

/** Values around levels, with a little noise. */
function series(
  levels: readonly (readonly [level: number, length: number])[],
  noise = 1,
  seed = 1,
): number[] {
  const random = createRandom(seed);
  return levels.flatMap(([level, length]) =>
    Array.from({ length }, () => level + noise * (random.next() + random.next() - 1)),
  );
}

/** The definition of the split, computed from nothing but itself: Matteson and James 2014, formulas 4 to 6. */
function bestSplit(values: readonly number[], minSegment: number): number {
  const mean = (a: readonly number[], b: readonly number[], pairs: number): number =>
    a.reduce((sum, x) => sum + b.reduce((part, y) => part + Math.abs(x - y), 0), 0) / pairs;
  let best = { at: 0, energy: -Infinity };
  for (let at = minSegment; at <= values.length - minSegment; at++) {
    const [left, right] = [values.slice(0, at), values.slice(at)];
    const [m, n] = [left.length, right.length];
    const distance =
      2 * mean(left, right, m * n) - mean(left, left, m * (m - 1)) - mean(right, right, n * (n - 1));
    const energy = (distance * m * n) / (m + n);
    if (energy > best.energy + 1e-12) best = { at, energy };
  }
  return best.at;
}

test('the first split is where the energy distance is largest, by its definition', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 6, maxLength: 25 }), (values) => {
      // every split is kept, so the one at the top is among the points
      const points = findChangePoints(values, { minSegment: 3, maxP: 1, minChange: 0 });
      const top = bestSplit(values, 3);
      assert.ok(points.some((point) => point.index === top));
    }),
    { numRuns: 200 },
  );
});

test('a step is found at its first value, with the levels beside it', () => {
  const [point, ...others] = findChangePoints(
    series([
      [100, 20],
      [110, 20],
    ]),
  );
  assert.equal(others.length, 0);
  assert.equal(point?.index, 20);
  assert.ok(
    point !== undefined && Math.abs(point.meanBefore - 100) < 1 && Math.abs(point.meanAfter - 110) < 1,
  );
  assert.ok(point.p < 0.001);
});

test('several steps are found, up and down', () => {
  const values = series([
    [100, 15],
    [120, 12],
    [105, 20],
    [90, 9],
  ]);
  assert.deepEqual(
    findChangePoints(values).map((point) => point.index),
    [15, 27, 47],
  );
});

test('noise alone has no change points', () => {
  let found = 0;
  for (let seed = 1; seed <= 100; seed++) found += findChangePoints(series([[100, 40]], 5, seed)).length;
  assert.ok(found <= 5, `${found} false points in 100 series`);
});

test('a single spike is no change, and a change is told only after as many values as a segment has', () => {
  const flat = series([[100, 30]]);
  assert.deepEqual(findChangePoints(flat.with(12, 400)), []);
  const two = [...flat, 150, 150];
  const three = [...flat, 150.2, 149.7, 150.1];
  assert.deepEqual(findChangePoints(two), []);
  assert.deepEqual(
    findChangePoints(three).map((point) => point.index),
    [30],
  );
});

test('a change smaller than asked for is dropped', () => {
  const values = series(
    [
      [100, 30],
      [103, 30],
    ],
    0.5,
  );
  assert.equal(findChangePoints(values).length, 1);
  assert.deepEqual(findChangePoints(values, { minChange: 0.05 }), []);
});

test('short, empty and constant series have none; a segment has two values at least', () => {
  assert.deepEqual(findChangePoints([]), []);
  assert.deepEqual(findChangePoints([1, 2, 3, 4, 5]), []);
  assert.deepEqual(findChangePoints(Array.from({ length: 50 }, () => 7)), []);
  assert.throws(() => findChangePoints([1, 2, 3], { minSegment: 1 }), RangeError);
});
