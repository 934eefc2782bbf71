import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { ChildTurns } from '../../../src/bench/rounds/child-turns.ts';
import { Turns } from '../../../src/bench/rounds/turns.ts';

interface SetUp {
  readonly pinned: number[];
  readonly went: string[];
  readonly child: (name: string) => ChildTurns;
}

function setUp(members: number): SetUp {
  const pinned: number[] = [];
  const went: string[] = [];
  const turns = new Turns(members, async (pid) => void pinned.push(pid));
  return { pinned, went, child: (name) => new ChildTurns(turns, 7, () => void went.push(name)) };
}

describe('ChildTurns', () => {
  test('a process is kept on its core once, when its subject is made', async () => {
    const { pinned, went, child } = setUp(1);
    const alone = child('a');
    await alone.passed();
    await alone.passed();
    assert.deepEqual([pinned, went], [[7], ['a', 'a']]);
  });

  test('processes go one at a time when all are ready, in the order in which they were started', async () => {
    const { went, child } = setUp(2);
    const [first, second] = [child('a'), child('b')];
    const later = second.passed();
    await setImmediate();
    assert.deepEqual(went, []);
    await first.passed();
    await setImmediate();
    assert.deepEqual(went, ['a']);
    const again = first.passed();
    await later;
    assert.deepEqual(went, ['a', 'b']);
    second.end();
    await again;
    assert.deepEqual(went, ['a', 'b', 'a']);
  });

  test('a process that goes during its turn passes it on, once', async () => {
    const { went, child } = setUp(3);
    const [first, second, third] = [child('a'), child('b'), child('c')];
    const waiting = [second.passed(), third.passed()];
    await first.passed();
    first.end();
    first.end();
    await waiting[0];
    await setImmediate();
    assert.deepEqual(went, ['a', 'b']);
    second.end();
    await waiting[1];
    assert.deepEqual(went, ['a', 'b', 'c']);
  });

  test('a process that goes before it was ready keeps nobody waiting', async () => {
    const { went, child } = setUp(2);
    const [gone, other] = [child('a'), child('b')];
    const waiting = other.passed();
    gone.end();
    await waiting;
    assert.deepEqual(went, ['b']);
  });

  test('a process that goes while it is put on its core is not told to go', async () => {
    const { went, child } = setUp(2);
    const [gone, other] = [child('a'), child('b')];
    const pinning = gone.passed();
    gone.end();
    await Promise.all([pinning, other.passed()]);
    assert.deepEqual(went, ['b']);
  });

  test('a process that goes while it waits leaves its turn to the next, and is not told to go', async () => {
    const { went, child } = setUp(3);
    const [first, gone, third] = [child('a'), child('b'), child('c')];
    const waiting = [gone.passed(), third.passed()];
    await first.passed();
    gone.end();
    const again = first.passed();
    await waiting[1];
    assert.deepEqual(went, ['a', 'c']);
    third.end();
    await again;
    assert.deepEqual(went, ['a', 'c', 'a']);
  });
});
