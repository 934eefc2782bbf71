import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createKeySequence } from '../../../src/bench/subjects/key-sequence.ts';
import { createRandom } from '../../../src/measure/random.ts';
import type { Workload } from '../../../src/model/plan.ts';

function workload(keys: number, distribution: Workload['distribution']): Workload {
  return { keys, distribution, mix: {}, valueBytes: 1 };
}

test('is a power of two long, at least eight times the keys, and bounded', () => {
  for (const [keys, length] of [
    [1, 65_536],
    [8_192, 65_536],
    [8_193, 131_072],
    [100_000, 1_048_576],
    [5_000_000, 2_097_152],
  ] as const) {
    assert.equal(createKeySequence(workload(keys, { kind: 'uniform' }), createRandom(1)).length, length);
  }
});

test('holds every key when the keys come in order, and only keys that exist', () => {
  const sequence = createKeySequence(workload(1_000, { kind: 'sequential' }), createRandom(1));
  assert.equal(new Set(sequence).size, 1_000);
  const zipf = createKeySequence(workload(1_000, { kind: 'zipf', exponent: 0.99 }), createRandom(1));
  assert.ok(zipf.every((key) => key < 1_000));
  assert.deepEqual(
    zipf,
    createKeySequence(workload(1_000, { kind: 'zipf', exponent: 0.99 }), createRandom(1)),
  );
});
