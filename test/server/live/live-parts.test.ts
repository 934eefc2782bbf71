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
