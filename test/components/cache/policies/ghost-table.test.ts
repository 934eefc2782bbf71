import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GhostTable } from '../../../../src/components/cache/policies/ghost-table.ts';
import { KeyHasher } from '../../../../src/components/cache/policies/key-hasher.ts';

test('a ghost table remembers what left last, once, and forgets in order of arrival', () => {
  const ghosts = new GhostTable();
  const hasher = new KeyHasher();
  assert.equal(ghosts.take(1, 10), false);
  ghosts.add(1);
  ghosts.grow(256);
  const hashes = Array.from({ length: 1000 }, (_, index) => hasher.hash(index));
  for (const one of hashes) ghosts.add(one);
  ghosts.grow(1024);
  const recent = hashes.slice(-100);
  const known = recent.filter((one) => ghosts.take(one, 100)).length;
  assert.ok(known >= 95, `${known}`);
  assert.equal(recent.filter((one) => ghosts.take(one, 100)).length, 0, 'taken once');
  assert.equal(hashes.slice(0, 500).filter((one) => ghosts.take(one, 100)).length, 0);
});
