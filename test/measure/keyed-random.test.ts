import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyOf, keyedRandom } from '../../src/measure/keyed-random.ts';

test('the number of a key and two counters is always the same, and another for any other', () => {
  const key = keyOf(1, 'a');
  assert.equal(keyedRandom(key, 5, 7), keyedRandom(key, 5, 7));
  const seen = new Set<number>();
  for (const other of [key, keyOf(2, 'a'), keyOf(1, 'b'), keyOf(2 ** 40, 'a')])
    for (const a of [0, 1, 2 ** 32, 2 ** 40 + 1])
      for (const b of [0, 1, 2]) seen.add(keyedRandom(other, a, b));
  assert.equal(seen.size, 4 * 4 * 3);
});

test('numbers are uniform over either counter, and neighbours have nothing to do with each other', () => {
  const key = keyOf(3, 'uniform');
  for (const draw of [(n: number) => keyedRandom(key, n, 0), (n: number) => keyedRandom(key, 0, n)]) {
    const count = 50_000;
    const cells = new Float64Array(20);
    let product = 0;
    for (let n = 0; n < count; n++) {
      const value = draw(n);
      assert.ok(value >= 0 && value < 1);
      cells[Math.floor(value * 20)] = (cells[Math.floor(value * 20)] ?? 0) + 1;
      product += (value - 0.5) * (draw(n + 1) - 0.5);
    }
    const expected = count / 20;
    const chiSquare = cells.reduce((sum, cell) => sum + (cell - expected) ** 2 / expected, 0);
    // 19 degrees of freedom: 0.1 % above 43.8
    assert.ok(chiSquare < 43.8, `${chiSquare}`);
    // a twelfth is the variance; the standard error of the correlation is 1 / sqrt(count)
    assert.ok(Math.abs((product / count) * 12) < 4 / Math.sqrt(count));
  }
});
