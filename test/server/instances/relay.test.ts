import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBusEnd } from '../../../src/server/instances/instance-bus.ts';
import type { BusEnd } from '../../../src/server/instances/instance-bus.ts';
import { createRelay } from '../../../src/server/instances/relay.ts';
import { restartDelayMs } from '../../../src/server/restart-delay.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

/** Three instances on one relay; `isDeaf` ones read nothing. */
function setUp() {
  const clock = new VirtualClock();
  const relay = createRelay(clock);
  const heard: string[] = [];
  const isDeaf = new Set<number>();
  const ends: BusEnd[] = [];
  for (const id of [1, 2, 3]) {
    const end = createBusEnd((message) => {
      if (message.kind === 'tell' || message.kind === 'heard') relay.receive(id, message);
    });
    end.bus.on('patterns', (data) => void heard.push(`${id}:${String(data)}`));
    relay.join(id, (message) => {
      if ((message.kind === 'hear' || message.kind === 'told') && !isDeaf.has(id)) void end.receive(message);
    });
    ends.push(end);
  }
  const [first] = ends;
  assert.ok(first !== undefined);
  return { clock, relay, heard, isDeaf, bus: first.bus };
}

async function isDone(promise: Promise<void>, clock: VirtualClock): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await clock.settle();
  return done;
}

test('what one instance tells all others hear, before it goes on', async () => {
  const { clock, heard, bus } = setUp();
  await bus.tell('patterns', ['a', 'b']);
  assert.deepEqual(heard.toSorted(), ['2:a,b', '3:a,b']);
  assert.equal(clock.pending.length, 0);
});

test('one that ends, or stands still for two seconds, is not waited for', async () => {
  const { clock, relay, isDeaf, bus } = setUp();
  isDeaf.add(3);
  const told = bus.tell('patterns', ['a']);
  assert.equal(await isDone(told, clock), false);
  relay.leave(3);
  assert.equal(await isDone(told, clock), true);
  isDeaf.add(2);
  const later = bus.tell('patterns', ['b']);
  await clock.advance(1_999);
  assert.equal(await isDone(later, clock), false);
  await clock.advance(1);
  assert.equal(await isDone(later, clock), true);
});

test('one alone is told at once that everybody has heard', async () => {
  const { relay, bus } = setUp();
  relay.leave(2);
  relay.leave(3);
  await bus.tell('patterns', []);
});

test('what ends again and again is started again later each time, and soon when it had run well', () => {
  const delays: number[] = [];
  let quickEnds = 0;
  for (let index = 0; index < 10; index++) {
    const next = restartDelayMs(100, quickEnds);
    delays.push(next.delayMs);
    ({ quickEnds } = next);
  }
  assert.deepEqual(delays, [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  assert.deepEqual(restartDelayMs(60_000, 10), { delayMs: 250, quickEnds: 1 });
});
