import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { editDistance, nearest } from '../../../src/model/nearest-name.ts';
import { didYouMean } from '../../../src/plan/problems/did-you-mean.ts';

test('a slip finds the word that was meant', () => {
  const known = ['phases', 'flows', 'target', 'targets', 'limits'];
  for (const [slip, meant] of [
    ['phasess', 'phases'],
    ['flwos', 'flows'],
    ['LIMITS', 'limits'],
    ['targts', 'targets'],
  ] as const)
    assert.equal(nearest(slip, known), meant);
  for (const word of ['x', 'zebra', '', 'constructor']) assert.equal(nearest(word, known), null);
});

test('without a near word the choice is shown, shortened', () => {
  assert.equal(didYouMean('zebra', ['a', 'b']), ': expected one of `a`, `b`');
  assert.equal(didYouMean('zebra', []), '');
  assert.match(
    didYouMean(
      'zebra',
      Array.from({ length: 50 }, (_, index) => `n${index}`),
    ),
    /`n11`, …$/,
  );
});

test('the edit distance is a distance and a swap of neighbours counts once', () => {
  const word = fc.stringMatching(/^[abc]{0,6}$/);
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      assert.equal(distance, editDistance(b, a));
      assert.equal(distance === 0, a === b);
      assert.ok(distance >= Math.abs(a.length - b.length) && distance <= Math.max(a.length, b.length));
    }),
    { numRuns: 300 },
  );
  assert.equal(editDistance('flwos', 'flows'), 1);
  assert.equal(editDistance('kitten', 'sitting'), 3);
});

test('hostile words take no time', () => {
  assert.equal(nearest('x'.repeat(1e6), ['y'.repeat(1e6)]), null);
});
