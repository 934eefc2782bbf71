import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ConversationBatches } from '../../../src/server/live/conversation-batches.ts';
import { FrameClock } from '../../../src/server/live/frame-clock.ts';
import { positionFrame, positionFrameBytes } from '../../../src/server/live/position-frame.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

function createBatches(clock: VirtualClock, maxBatchSize = 3, maxWaitMs = 100) {
  const sent: {
    readonly atMs: number;
    readonly conversation: string;
    readonly messages: readonly string[];
  }[] = [];
  const batches = new ConversationBatches({
    maxBatchSize,
    maxWaitMs,
    now: clock.nowMs,
    timers: clock,
    send: (conversation, messages) => void sent.push({ atMs: clock.nowMs(), conversation, messages }),
  });
  return { batches, sent };
}

describe('batches of a conversation', () => {
  test('go when they are full, or when their first message has waited long enough', async () => {
    const clock = new VirtualClock();
    const { batches, sent } = createBatches(clock);
    batches.add('a', '1');
    await clock.advance(40);
    batches.add('b', 'x');
    batches.add('a', '2');
    await clock.advance(59);
    assert.deepEqual(sent, []);
    await clock.advance(1);
    assert.deepEqual(sent, [{ atMs: 100, conversation: 'a', messages: ['1', '2'] }]);
    for (const message of ['y', 'z']) batches.add('b', message);
    assert.deepEqual(sent[1], { atMs: 100, conversation: 'b', messages: ['x', 'y', 'z'] });
    assert.equal(batches.size, 0);
    await clock.advance(1_000);
    assert.equal(sent.length, 2);
  });

  test('go when they are long, however few', () => {
    const clock = new VirtualClock();
    const { batches, sent } = createBatches(clock, 100);
    for (let index = 0; index < 3; index++) batches.add('a', 'x'.repeat(50_000));
    assert.equal(sent.length, 1);
    assert.equal(sent[0]?.messages.length, 3);
  });

  test('all go at the end', () => {
    const clock = new VirtualClock();
    const { batches, sent } = createBatches(clock);
    batches.add('a', '1');
    batches.add('b', '2');
    batches.flush();
    assert.deepEqual(
      sent.map(({ conversation }) => conversation),
      ['a', 'b'],
    );
    assert.equal(clock.pending.length, 0);
  });

  test('lose nothing, keep the order, and no message waits longer than it may', async () => {
    const step = fc.record({
      conversation: fc.constantFrom('a', 'b', 'c'),
      pauseMs: fc.integer({ min: 0, max: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        async (steps, size) => {
          const clock = new VirtualClock();
          const { batches, sent } = createBatches(clock, size);
          const addedMs: number[] = [];
          for (const [index, { conversation, pauseMs }] of steps.entries()) {
            addedMs.push(clock.nowMs());
            batches.add(conversation, String(index));
            await clock.advance(pauseMs);
          }
          await clock.advance(100);
          assert.equal(sent.flatMap(({ messages }) => messages).length, steps.length);
          for (const { atMs, messages } of sent) {
            assert.ok(messages.length >= 1 && messages.length <= size);
            assert.ok(messages.every((one) => atMs - (addedMs[Number(one)] ?? 0) <= 100));
          }
          for (const conversation of ['a', 'b', 'c']) {
            const order = sent
              .filter((one) => one.conversation === conversation)
              .flatMap(({ messages }) => messages);
            assert.deepEqual(
              order,
              order.toSorted((a, b) => Number(a) - Number(b)),
            );
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('the clock of position frames', () => {
  function createFrames(clock: VirtualClock) {
    const frames: { readonly number: number; readonly atMs: number; readonly dueMs: number }[] = [];
    const frameClock = new FrameClock({
      perSecond: 60,
      now: clock.nowMs,
      timers: clock,
      onFrame: (number, dueMs) => void frames.push({ number, dueMs, atMs: clock.nowMs() }),
    });
    return { frameClock, frames };
  }

  test('gives 60 frames in every second, for as long as it runs, without drift', async () => {
    const clock = new VirtualClock(123.4);
    const { frameClock, frames } = createFrames(clock);
    frameClock.start();
    frameClock.start();
    await clock.advance(60_001);
    assert.equal(frames.length, 3_600);
    for (const [index, { number, dueMs, atMs }] of frames.entries()) {
      assert.equal(number, index + 1);
      assert.ok(atMs > dueMs - 1e-5 && atMs < dueMs + 1 + 1e-5, `${atMs} ${dueMs}`);
    }
    frameClock.stop();
    assert.equal(frameClock.isRunning, false);
    await clock.advance(1_000);
    assert.equal(frames.length, 3_600);
  });

  interface Next {
    timer: { readonly dueMs: number; readonly callback: () => void } | null;
    turn: (() => void) | null;
  }

  /** A loop whose timers count whole milliseconds, some of them late, and whose turns take `turnMs`. */
  async function runLoop(untilMs: number, turnMs: number, lateMs: () => number) {
    let nowMs = 1_000.37;
    const next: Next = { timer: null, turn: null };
    let turns = 0;
    const frames: { readonly number: number; readonly lateMs: number; readonly turns: number }[] = [];
    const frameClock = new FrameClock({
      perSecond: 60,
      now: () => nowMs,
      timers: {
        setTimeout: (callback, delayMs) => {
          assert.ok(Number.isInteger(delayMs) && delayMs >= 1, `a timer of ${delayMs} ms`);
          next.timer = { dueMs: nowMs + delayMs + lateMs(), callback };
          return { unref: () => undefined };
        },
        clearTimeout: () => (next.timer = null),
      },
      nextTurn: (callback) => {
        turns++;
        next.turn = callback;
      },
      onFrame: (number, dueMs) => {
        frames.push({ number, lateMs: nowMs - dueMs, turns });
        turns = 0;
      },
    });
    frameClock.start();
    while (nowMs < 1_000.37 + untilMs) {
      // The callbacks set what comes next.
      const { turn, timer } = next;
      next.turn = null;
      if (turn !== null) {
        nowMs += turnMs;
        turn();
      } else if (timer !== null) {
        next.timer = null;
        nowMs = timer.dueMs;
        timer.callback();
      } else assert.fail('nothing is waited for');
    }
    return { frames };
  }

  test('waits for the last part of a millisecond turn by turn, for one and a quarter at most', async () => {
    const late = [0, 0.1, 0.05, 0.2];
    let calls = 0;
    const { frames } = await runLoop(10_000, 0.01, () => late[calls++ % late.length] ?? 0);
    assert.ok(frames.length >= 599 && frames.length <= 600, String(frames.length));
    for (const [index, frame] of frames.entries()) {
      assert.equal(frame.number, index + 1);
      assert.ok(frame.lateMs > -1e-5 && frame.lateMs <= 0.011, `${frame.lateMs} ms late`);
      assert.ok(frame.turns <= 126, `${frame.turns} turns of 0.01 ms`);
    }
  });

  test('is back on its schedule after a late frame, and sends none twice', async () => {
    let calls = 0;
    // Every tenth timer finds the loop held up.
    const { frames } = await runLoop(10_000, 0.02, () => (calls++ % 10 === 0 ? 9.5 : 0.1));
    assert.ok(frames.length >= 599, String(frames.length));
    for (const [index, frame] of frames.entries()) assert.equal(frame.number, index + 1);
    const onTime = frames.filter(({ lateMs }) => lateMs < 0.03).length;
    assert.ok(onTime / frames.length >= 0.85, `${onTime} of ${frames.length}`);
  });

  test('asks for no more turns once it is stopped, and starts anew', () => {
    const turns: (() => void)[] = [];
    let nowMs = 0;
    const frames: number[] = [];
    const frameClock = new FrameClock({
      perSecond: 1_000,
      now: () => nowMs,
      timers: {
        setTimeout: () => assert.fail('a millisecond is too short for a timer'),
        clearTimeout: () => undefined,
      },
      nextTurn: (callback) => void turns.push(callback),
      onFrame: (number) => {
        frames.push(number);
        if (number === 2) frameClock.stop();
      },
    });
    assert.equal(frameClock.msToNext(), Infinity);
    frameClock.start();
    assert.equal(frameClock.msToNext(), 1);
    for (nowMs = 0.5; turns.length > 0; nowMs += 0.5) turns.shift()?.();
    assert.deepEqual(frames, [1, 2]);
    assert.equal(frameClock.isRunning, false);
    frameClock.start();
    frameClock.stop();
    frameClock.start();
    assert.equal(turns.length, 2);
    turns[0]?.();
    assert.equal(turns.length, 2);
    turns[1]?.();
    assert.equal(turns.length, 3);
  });

  test('leaves out what a stall made it miss, and is on time again after', async () => {
    let nowMs = 0;
    let callback: (() => void) | null = null;
    const frames: number[] = [];
    const frameClock = new FrameClock({
      perSecond: 60,
      now: () => nowMs,
      timers: {
        setTimeout: (next) => {
          callback = next;
          return { unref: () => undefined };
        },
        clearTimeout: () => undefined,
      },
      onFrame: (number) => void frames.push(number),
    });
    frameClock.start();
    for (const atMs of [17, 500, 517, 534]) {
      nowMs = atMs;
      callback!();
    }
    // At 500 ms frame 30 is due; those between 1 and 30 are gone for good.
    assert.deepEqual(frames, [1, 30, 31, 32]);
  });
});

test('a frame of positions tells its number, its time, and where everything is', () => {
  const frame = positionFrame(7, 123.25);
  assert.equal(frame.length, positionFrameBytes);
  assert.deepEqual([frame.readUInt32LE(0), frame.readDoubleLE(4)], [7, 123.25]);
  assert.deepEqual(positionFrame(7, 123.25), frame);
  assert.notDeepEqual(positionFrame(8, 123.25).subarray(12), frame.subarray(12));
  for (let at = 12; at < frame.length; at += 4) assert.ok(Math.abs(frame.readFloatLE(at)) <= 1);
});
