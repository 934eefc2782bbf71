import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { LinkedList } from '../../../src/components/internal/linked-list.ts';
import type { ListNode } from '../../../src/components/internal/linked-list.ts';

test('does what an array does', () => {
  const step = fc.record({
    op: fc.constantFrom('push', 'push', 'shift', 'pop', 'remove'),
    which: fc.nat({ max: 50 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
      const list = new LinkedList<number>();
      const nodes: ListNode<number>[] = [];
      const model: number[] = [];
      for (const [index, { op, which }] of steps.entries()) {
        if (op === 'push') {
          nodes.push(list.push(index));
          model.push(index);
        } else if (op === 'shift') assert.equal(list.shift()?.value, model.shift());
        else if (op === 'pop') assert.equal(list.pop()?.value, model.pop());
        else {
          const node = nodes[which % Math.max(1, nodes.length)];
          if (node === undefined) continue;
          const at = model.indexOf(node.value);
          assert.equal(list.remove(node), at >= 0, 'only once, and only from its own list');
          if (at >= 0) model.splice(at, 1);
        }
        assert.equal(list.length, model.length);
        assert.equal(list.first?.value, model[0]);
        assert.equal(list.last?.value, model.at(-1));
      }
      for (const value of model) assert.equal(list.shift()?.value, value);
      assert.equal(list.shift(), null);
    }),
    { numRuns: 200 },
  );
});

test('does not take out a node of another list', () => {
  const node = new LinkedList<string>().push('a');
  const list = new LinkedList<string>();
  list.push('b');
  assert.equal(list.remove(node), false);
  assert.equal(list.length, 1);
});

test('puts in before a node, and takes a node again that was removed', () => {
  const list = new LinkedList<string>();
  const b = list.push('b');
  const a = list.insertBefore(b, 'a');
  list.insertBefore(b, 'between');
  assert.ok(list.remove(a));
  list.pushAgain(a);
  list.pushAgain(a);
  const values: string[] = [];
  for (let node = list.first; node !== null; node = list.after(node)) values.push(node.value);
  assert.deepEqual([values, list.length, list.last?.value], [['between', 'b', 'a'], 3, 'a']);
  assert.throws(() => new LinkedList<string>().insertBefore(a, 'x'), RangeError);
});
