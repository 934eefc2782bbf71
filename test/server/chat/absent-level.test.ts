import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryLevel } from '../../../src/components/cache/index.ts';
import type { Level } from '../../../src/components/cache/index.ts';
import { BadEntryError, openAbsentLevel } from '../../../src/server/chat/absent-level.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

async function setUp(isThere = true) {
  const clock = new VirtualClock();
  const server = { isThere, connects: 0, calls: 0, error: new Error('refused') };
  const log: string[] = [];
  const memory = createMemoryLevel<number>({ name: 'memory', now: clock.nowMs });
  const far: Level<number> = {
    ...memory,
    name: 'far',
    isAtOnce: false,
    get: async (key) => {
      server.calls++;
      if (!server.isThere) throw server.error;
      return memory.get(key);
    },
    set: async (key, entry) => {
      if (!server.isThere) throw server.error;
      memory.set(key, entry);
    },
    close: async () => undefined,
  };
  const level = await openAbsentLevel({
    name: 'far',
    now: clock.nowMs,
    log: (line) => void log.push(line),
    connect: async () => {
      server.connects++;
      if (!server.isThere) throw server.error;
      return far;
    },
  });
  return { clock, server, log, level };
}

test('a server that goes is asked once, left alone for a second, and used again when it is back', async () => {
  const { clock, server, log, level } = await setUp();
  await level.set('a', { value: 1, ttlMs: 0 });
  assert.equal((await level.get('a'))?.value, 1);
  server.isThere = false;
  await assert.rejects(async () => level.get('a'), { message: 'refused' });
  for (let index = 0; index < 100; index++)
    await assert.rejects(async () => level.get('a'), { name: 'LevelAwayError' });
  assert.equal(server.calls, 2);
  await clock.advance(999);
  await assert.rejects(async () => level.get('a'), { name: 'LevelAwayError' });
  server.isThere = true;
  await clock.advance(1);
  assert.equal((await level.get('a'))?.value, 1);
  assert.deepEqual(level.stats(), { lookups: 104, hits: 2, failures: 1, skipped: 101, isUp: true });
  assert.deepEqual(log, ['far is away, answering without it: refused', 'far is back']);
});

test('a server that is not there at the start is connected to later, in the background', async () => {
  const { clock, server, log, level } = await setUp(false);
  assert.equal(level.stats().isUp, false);
  await clock.advance(1_000);
  await assert.rejects(async () => level.get('a'));
  await clock.settle();
  assert.deepEqual([server.connects, level.stats().failures], [2, 2]);
  server.isThere = true;
  await clock.advance(1_000);
  await assert.rejects(async () => level.get('a'), { name: 'LevelAwayError' });
  await clock.settle();
  assert.equal(await level.get('a'), undefined);
  assert.equal(server.connects, 3);
  assert.equal(log.length, 2, 'told once when it was away and once when it came');
  await level.close();
  await assert.rejects(async () => level.get('a'));
});

test('an entry that is no good costs that look-up only', async () => {
  const { server, level } = await setUp();
  server.isThere = false;
  server.error = new BadEntryError('no answer');
  await assert.rejects(async () => level.get('a'), { name: 'BadEntryError' });
  server.isThere = true;
  assert.equal(await level.get('a'), undefined);
  assert.deepEqual([level.stats().isUp, level.stats().failures], [true, 1]);
});
