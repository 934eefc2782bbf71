import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createChat } from '../../../src/server/chat/chat.ts';
import { resolveConfig } from '../../../src/server/config/resolve-config.ts';
import type { ServerConfig } from '../../../src/server/config/server-config.ts';
import type { ConversationState, Exchange } from '../../../src/server/data/conversations.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

function setUp(config: Partial<ServerConfig> = {}) {
  const clock = new VirtualClock();
  const states = new Map<string, ConversationState>();
  const counts = { answers: 0, calls: 0, reads: 0 };
  let isDown = false;
  const chat = createChat(
    {
      answerer: {
        answer: (question) => {
          counts.answers++;
          return { text: `about ${question}`, topic: question.split(' ')[0] ?? '', sources: [] };
        },
      },
      upstream: {
        call: async (path) => {
          counts.calls++;
          if (isDown) throw new Error('down');
          return { path };
        },
      },
      conversations: {
        state: (id) => {
          counts.reads++;
          return states.get(id) ?? null;
        },
        messages: () => [],
        add: async ({ conversation: id, topic, atMs: updatedAtMs }: Exchange) => {
          const state = {
            id,
            messages: (states.get(id)?.messages ?? 0) + 2,
            topic,
            interests: [],
            updatedAtMs,
          };
          states.set(id, state);
          return state;
        },
      },
    },
    { ...resolveConfig().config, ...config },
    { now: clock.nowMs, timers: clock, today: () => 7, log: () => undefined },
  );
  return { clock, chat, counts, states, setDown: (down: boolean) => (isDown = down) };
}

describe('C10: the documented times to live', () => {
  test('of an answer: fresh to the last millisecond of 300 s, never older', async () => {
    const { clock, chat, counts } = setUp();
    await chat.ask('c', 'boats?');
    await clock.advance(299_999);
    assert.equal((await chat.ask('c', 'Boats!')).cached, true);
    await clock.advance(1);
    assert.equal((await chat.ask('c', 'boats')).cached, false);
    assert.equal(counts.answers, 2);
  });

  test('of a reply of the module service: 60 s', async () => {
    const { clock, chat, counts } = setUp();
    await chat.ask('c', 'boats one');
    await chat.ask('c', 'boats two');
    assert.equal(counts.calls, 1);
    await clock.advance(59_999);
    await chat.ask('c', 'boats three');
    assert.equal(counts.calls, 1);
    await clock.advance(1);
    await chat.ask('c', 'boats four');
    assert.equal(counts.calls, 2);
  });

  test('of a state: 5 s, and at once when the conversation goes on', async () => {
    const { clock, chat, counts, states } = setUp();
    assert.equal(await chat.state('c'), null);
    await chat.ask('c', 'boats');
    assert.equal((await chat.state('c'))?.messages, 2);
    assert.equal(counts.reads, 1);
    const changed = states.get('c');
    assert.ok(changed !== undefined);
    states.set('c', { ...changed, messages: 99 });
    await clock.advance(4_999);
    assert.equal((await chat.state('c'))?.messages, 2);
    await clock.advance(1);
    assert.equal((await chat.state('c'))?.messages, 99);
  });
});

describe('memory', () => {
  test('C10: holds no more entries than configured', async () => {
    const { chat } = setUp({ maxCacheSize: 10 });
    for (let index = 0; index < 100; index++) await chat.ask(`c${index}`, `question ${index}`);
    for (const { entries } of Object.values(chat.stats())) assert.ok(entries !== null && entries <= 10);
  });

  test('is free of expired entries within a minute, through a day of use', async () => {
    const { clock, chat } = setUp();
    for (let hour = 0; hour < 24; hour++) {
      for (let index = 0; index < 20; index++)
        await chat.ask(`h${hour}-${index}`, `topic${index} hour ${hour}`);
      await clock.advance(65_000);
      // States lived 5 s and replies 60 s: whatever is left now is being cleaned up within the minute.
      await clock.advance(60_000);
      assert.deepEqual([chat.stats()['states']?.entries, chat.stats()['modules']?.entries], [0, 0]);
      await clock.advance(3_600_000 - 125_000);
      assert.equal(chat.stats()['messages']?.entries, 0);
    }
    assert.ok(clock.pending.length <= 3);
  });
});

describe('a module service that is down', () => {
  test('costs its part of the answer, is not asked at once again, and is when a second is over', async () => {
    const { clock, chat, counts, setDown } = setUp();
    setDown(true);
    const without = await chat.ask('c', 'boats');
    assert.deepEqual([without.degraded, without.module, without.text], [true, null, 'about boats']);
    setDown(false);
    await clock.advance(999);
    assert.equal((await chat.ask('c', 'boats')).degraded, true);
    assert.equal(counts.calls, 1);
    await clock.advance(1);
    const reply = await chat.ask('c', 'boats');
    assert.deepEqual([reply.degraded, reply.cached, reply.module], [false, false, { path: '/topics/boats' }]);
  });
});

test('without a cache everything is done each time', async () => {
  const { chat, counts } = setUp({ cache: false });
  for (let index = 0; index < 3; index++) await chat.ask('c', 'boats');
  await chat.state('c');
  await chat.state('c');
  assert.deepEqual(counts, { answers: 3, calls: 3, reads: 2 });
  assert.deepEqual(chat.stats(), {});
});
