import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WeighedLists } from '../../../../src/components/cache/policies/weighed-lists.ts';

test('counts uses up to the given most, beside the list and the flag of a slot', () => {
  const lists = new WeighedLists(3, false);
  lists.grow(5);
  for (let slot = 0; slot < 5; slot++) lists.add(slot % 3, slot, 0);
  for (let slot = 0; slot < 5; slot++) {
    assert.equal(lists.uses(slot), 0);
    lists.setFlag(slot, slot % 2 === 0);
    const most = slot === 4 ? 15 : 3;
    for (let use = 1; use <= 20; use++) {
      assert.equal(lists.addUse(slot, most), use <= most ? 1 : 0);
      assert.equal(lists.uses(slot), Math.min(use, most));
    }
    assert.equal(lists.listOf(slot), slot % 3);
    assert.equal(lists.isFlagged(slot), slot % 2 === 0);
  }
  lists.halveUses();
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((slot) => lists.uses(slot)),
    [1, 1, 1, 1, 7],
  );
  lists.move(4, 1, 2);
  lists.setUses(4, 9);
  assert.deepEqual([lists.listOf(4), lists.isFlagged(4), lists.uses(4)], [2, true, 9]);
  lists.setFlag(4, false);
  assert.deepEqual([lists.listOf(4), lists.isFlagged(4), lists.uses(4)], [2, false, 9]);
  lists.remove(4);
  lists.add(0, 4, 0);
  assert.deepEqual([lists.listOf(4), lists.isFlagged(4), lists.uses(4)], [0, false, 0]);
  assert.deepEqual(
    [0, 1, 2].map((list) => lists.length(list)),
    [3, 1, 1],
  );
});
