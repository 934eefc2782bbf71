import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { noRedis, startRedis } from '../../helpers/database-servers.ts';
import { startTestServer } from '../start-test-server.ts';
import type { TestServer } from '../start-test-server.ts';

const questions = Array.from({ length: 100 }, (_, index) => `what is known of number ${index}`);

function serverWith(context: TestContext, redis: string): Promise<TestServer> {
  // A machine that stands still for some seconds is no reason to do without Redis.
  return startTestServer(context, { config: { redis, redisTimeoutMs: 60_000 } });
}

async function ask(server: TestServer, question: string) {
  const { status, json } = await server.post('/messages', { conversation: 'c', question });
  assert.equal(status, 200);
  return json;
}

async function metric(server: TestServer, name: string): Promise<number> {
  const { text } = await server.get('/metrics');
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

describe('answers in Redis', { skip: noRedis ?? false, timeout: 240_000 }, () => {
  test('C16: the second of two instances finds at least 90% of what the first one answered', async (context) => {
    const redis = await startRedis();
    context.after(() => redis.stop());
    const client = new Redis(redis.url);
    context.after(() => client.disconnect());
    const first = await serverWith(context, redis.url);
    const second = await serverWith(context, redis.url);
    const own = new Map<string, unknown>();
    for (const question of questions) own.set(question, (await ask(first, question)).text);
    // Written in the background.
    while ((await client.dbsize()) < questions.length);
    let hits = 0;
    for (const question of questions) {
      const { cached, text } = await ask(second, question);
      assert.equal(text, own.get(question));
      if (cached) hits++;
    }
    assert.ok(hits >= 90, `${hits} of 100`);
    assert.equal(await metric(second, 'redis_hits_total'), hits);
    assert.ok((await client.pttl((await client.keys('*'))[0] ?? '')) <= 300_000);
  });

  test('a Redis that is killed costs no reply, is told of, and is used again when it is back', async (context) => {
    const redis = await startRedis();
    context.after(() => redis.stop());
    const server = await serverWith(context, redis.url);
    await ask(server, 'boats');
    assert.equal(await metric(server, 'redis_up'), 1);
    await redis.stop();
    for (const question of questions) assert.equal((await ask(server, question)).cached, false);
    assert.equal((await ask(server, questions[0] ?? '')).cached, true, 'memory answers');
    assert.equal(await metric(server, 'redis_up'), 0);
    assert.ok((await metric(server, 'redis_failures_total')) >= 1);
    assert.ok(server.log.some((line) => line.includes('redis is away')));
    const again = await startRedis(Number(new URL(redis.url).port));
    context.after(() => again.stop());
    for (let index = 0; (await metric(server, 'redis_up')) === 0; index++)
      await ask(server, `again ${index}`);
  });

  test('one that is not there at the start is no reason not to serve', async (context) => {
    const redis = await startRedis();
    await redis.stop();
    const server = await serverWith(context, redis.url);
    assert.equal((await ask(server, 'boats')).cached, false);
    assert.equal(await metric(server, 'redis_up'), 0);
  });

  test('what somebody else wrote there is not given to anybody', async (context) => {
    const redis = await startRedis();
    context.after(() => redis.stop());
    const client = new Redis(redis.url);
    context.after(() => client.disconnect());
    const first = await serverWith(context, redis.url);
    const { text } = await ask(first, 'boats');
    while ((await client.dbsize()) < 1);
    const [key = ''] = await client.keys('*');
    for (const bad of ['{"text":1}', 'no json', '\u0000']) {
      await client.set(key, bad);
      const second = await serverWith(context, redis.url);
      assert.equal((await ask(second, 'boats')).text, text);
    }
  });
});
