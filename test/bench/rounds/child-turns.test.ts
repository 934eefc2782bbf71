import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { ChildTurns } from '../../../src/bench/rounds/child-turns.ts';
import { Turns } from '../../../src/bench/rounds/turns.ts';

function setUp(): { turns: Turns; pinned: number[]; went: string[]; child: (name: string) => ChildTurns } {
  const pinned: number[] = [];
  const went: string[] = [];
  const turns = new Turns(2, async (pid) => void pinned.push(pid));
  return { turns, pinned, went, child: (name) => new ChildTurns(turns, 7, () => void went.push(name)) };
}

describe('ChildTurns', () => {
  test('a process is kept on its core once, at the end of its first turn', async () => {
    const { turns, pinned, went, child } = setUp();
    await turns.take();
    const alone = child('a');
    await alone.passed();
    await alone.passed();
    assert.deepEqual([pinned, went], [[7], ['a', 'a']]);
  });

  test('a process that goes during its turn passes it on', async () => {
    const { turns, child } = setUp();
    await turns.take();
    const gone = child('a');
    const next = turns.take();
    gone.end();
    await next;
    gone.end();
    turns.pass();
    await turns.take();
  });

  test('a process that goes while it waits leaves its turn to the next, and is not told to go', async () => {
    const { turns, went, child } = setUp();
    await turns.take();
    const gone = child('a');
    const other = turns.take();
    const waiting = gone.passed();
    await other;
    gone.end();
    const third = turns.take();
    turns.pass();
    await Promise.all([waiting, third]);
    assert.deepEqual(went, []);
    await setImmediate();
  });
});
