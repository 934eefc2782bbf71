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

  test('who is alone does not wait', async () => {
    const turns = new Turns(1, pin);
    for (let turn = 0; turn < 3; turn++) {
      await turns.take();
      turns.pass();
    }
  });
});
