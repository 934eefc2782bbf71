import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { KeyHasher } from '../../../../src/components/cache/policies/key-hasher.ts';
import { RecentHashes } from '../../../../src/components/cache/policies/recent-hashes.ts';

test('always tells the hash of the key that the slot holds, whoever came since and however it has grown', () => {
  const hasher = new KeyHasher();
  fc.assert(
    fc.property(
      fc.array(fc.record({ slot: fc.nat(3000), key: fc.nat(1e6), grow: fc.boolean() }), {
        maxLength: 200,
        size: 'max',
      }),
      (steps) => {
        const hashes = new RecentHashes();
        hashes.grow(16);
        const held = new Map<number, number>();
        let capacity = 16;
        for (const { slot, key, grow } of steps) {
          if (grow) hashes.grow((capacity = Math.min(8192, capacity * 2)));
          assert.equal(hashes.add(slot, key), hasher.hash(key));
          held.set(slot, key);
        }
        for (const [slot, key] of held) assert.equal(hashes.hash(slot, key), hasher.hash(key));
        hashes.clear();
        hashes.grow(64);
        for (const [slot, key] of held) assert.equal(hashes.hash(slot, key), hasher.hash(key));
      },
    ),
    { numRuns: 200 },
  );
});

test('does not hash the key of a recent entry again', () => {
  const hashes = new RecentHashes();
  hashes.grow(1000);
  const hash = hashes.add(5, 'a key');
  assert.equal(hashes.hash(5, 'not looked at'), hash);
});
