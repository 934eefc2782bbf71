import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { Turns } from '../../../src/bench/rounds/turns.ts';

const pin = (): Promise<void> => Promise.resolve();

describe('Turns', () => {
  test('one goes on at a time, round and round in the order in which they asked', async () => {
    const turns = new Turns(3, pin);
    const order: string[] = [];
    let going = 0;
    const member = async (name: string): Promise<void> => {
      turns.ready();
      for (let turn = 0; turn < 4; turn++) {
        await turns.take();
        assert.equal(++going, 1);
        order.push(name);
        await setImmediate();
        going--;
        turns.pass();
      }
    };
    await Promise.all(['a', 'b', 'c'].map(member));
    assert.equal(order.join(''), 'abc'.repeat(4));
  });

  test('the first turn begins when all are ready, whoever was so first, and belongs to who asked first', async () => {
    const turns = new Turns(2, pin);
    const order: string[] = [];
    const first = turns.take().then(() => order.push('a'));
    void turns.take().then(() => order.push('b'));
    turns.ready();
    await setImmediate();
    assert.deepEqual(order, []);
    turns.ready();
    await first;
    await setImmediate();
    assert.deepEqual(order, ['a']);
    turns.pass();
    await setImmediate();
    assert.deepEqual(order, ['a', 'b']);
  });

  test('who is alone does not wait', async () => {
    const turns = new Turns(1, pin);
    turns.ready();
    for (let turn = 0; turn < 3; turn++) {
      await turns.take();
      turns.pass();
    }
  });
});
