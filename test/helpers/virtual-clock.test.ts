import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from './virtual-clock.ts';

test('stands still until it is advanced, and tells milliseconds and nanoseconds', async () => {
  const clock = new VirtualClock(5);
  assert.equal(clock.nowMs(), 5);
  await clock.advance(1.5);
  assert.equal(clock.nowMs(), 6.5);
  assert.equal(clock.nowNs(), 6_500_000);
});

test('runs due timers in order of time, then of creation, each at its own time', async () => {
  const clock = new VirtualClock();
  const ran: string[] = [];
  const note = (name: string) => () => ran.push(`${name}@${clock.nowMs()}`);
  clock.setTimeout(note('late'), 20);
  clock.setTimeout(note('b'), 10);
  clock.setTimeout(note('c'), 10);
  clock.setTimeout(note('a'), 3);
  clock.setTimeout(note('never'), 31);
  await clock.advance(30);
  assert.deepEqual(ran, ['a@3', 'b@10', 'c@10', 'late@20']);
  assert.equal(clock.pending.length, 1);
});

test('runs timers that are set meanwhile, also those set after promises settled', async () => {
  const clock = new VirtualClock();
  const ran: number[] = [];
  clock.setTimeout(() => {
    void (async () => {
      for (let index = 0; index < 50; index++) await Promise.resolve();
      clock.setTimeout(() => ran.push(clock.nowMs()), 5);
    })();
  }, 1);
  await clock.advance(6);
  assert.deepEqual(ran, [6]);
});

test('forgets a cleared timer and knows which timers would keep the process alive', async () => {
  const clock = new VirtualClock();
  const timer = clock.setTimeout(() => assert.fail('was cleared'), 1);
  const other = clock.setTimeout(() => {}, 2);
  assert.equal(other.unref().hasRef(), false);
  assert.equal(other.ref().hasRef(), true);
  clock.clearTimeout(timer);
  clock.clearTimeout(undefined);
  assert.deepEqual(clock.pending, [other]);
  await clock.advance(5);
  assert.deepEqual(clock.pending, []);
});
