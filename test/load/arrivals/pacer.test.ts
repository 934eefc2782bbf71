import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrivalProcesses } from '../../../src/load/arrivals/arrivals.ts';
import { Pacer } from '../../../src/load/arrivals/pacer.ts';
import { createVirtualLoop } from '../virtual-loop.ts';
import type { EventLoop } from '../../../src/load/engine/event-loop.ts';

const turnNs = 20_000;

/** Hand over uniform arrivals for a second; `arrive` may take its time by moving the clock. */
async function pace(
  ratePerSecond: number,
  pacing: 'precise' | 'eco',
  loop = createVirtualLoop(turnNs),
  arrive: (dueNs: number) => boolean = () => true,
): Promise<{ dues: number[]; pacer: Pacer }> {
  const dues: number[] = [];
  const pacer = new Pacer(loop, pacing, () => false);
  await loop.runUntil(
    new Promise<void>((done) => {
      pacer.start({
        arrivals: arrivalProcesses.uniform({
          fromPerSecond: ratePerSecond,
          toPerSecond: ratePerSecond,
          forNs: 1e9,
        }),
        startNs: 0,
        endNs: 1e9,
        arrive: (dueNs) => {
          dues.push(dueNs);
          return arrive(dueNs);
        },
        done,
      });
    }),
  );
  return { dues, pacer };
}

for (const pacing of ['precise', 'eco'] as const) {
  test(`hands over every arrival of the phase with its due time (${pacing})`, async () => {
    for (const rate of [1, 3, 100, 5_000]) {
      const { dues, pacer } = await pace(rate, pacing);
      assert.deepEqual(
        dues,
        Array.from({ length: rate }, (_, n) => n * (1e9 / rate)),
      );
      assert.equal(pacer.started, rate);
      assert.ok(pacer.lag.max <= turnNs * 1.01, `${pacer.lag.max}`);
    }
  });
}

test('precise pacing turns the event loop for the last stretch, eco never does', async () => {
  const turns = { precise: 0, eco: 0 };
  for (const pacing of ['precise', 'eco'] as const) {
    const loop = createVirtualLoop(turnNs);
    const soon: EventLoop['soon'] = (callback) => {
      turns[pacing]++;
      loop.soon(callback);
    };
    await pace(10, pacing, { ...loop, soon });
  }
  assert.ok(turns.precise > 100);
  assert.equal(turns.eco, 0);
});

test('after a stall hands over what is due in bursts, and lets the event loop turn in between', async () => {
  const loop = createVirtualLoop(turnNs);
  let stalledNs = 0;
  const turns: number[] = [];
  let count = 0;
  const stalling = {
    ...loop,
    now: () => loop.now() + stalledNs,
    soon: (callback: () => void) => {
      turns.push(count);
      loop.soon(callback);
    },
  };
  const { dues, pacer } = await pace(1000, 'precise', stalling, () => {
    if (++count === 100) stalledNs = 500e6;
    return true;
  });
  assert.equal(dues.length, 1000);
  assert.deepEqual(dues.slice(99, 102), [99e6, 100e6, 101e6]);
  const bursts = turns.map((at, index) => at - (turns[index - 1] ?? 0));
  assert.equal(
    bursts.reduce((most, one) => Math.max(most, one), 0),
    64,
  );
  assert.ok(pacer.lag.max >= 499e6);
});

test('stops when an arrival is refused', async () => {
  let left = 5;
  const { dues } = await pace(100, 'precise', createVirtualLoop(turnNs), () => --left > 0);
  assert.equal(dues.length, 5);
});
