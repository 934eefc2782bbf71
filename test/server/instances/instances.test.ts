import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { resolveConfig } from '../../../src/server/config/resolve-config.ts';
import type { ServerConfig } from '../../../src/server/config/server-config.ts';
import { startServer } from '../../../src/server/instances/start-server.ts';
import { systemPorts } from '../../../src/server/system-ports.ts';
import { noRedis, startRedis } from '../../helpers/database-servers.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

async function start(context: TestContext, config: Partial<ServerConfig> = {}) {
  const log: string[] = [];
  const dataFolder = temporaryFolder(context);
  const server = await startServer({
    config: {
      ...resolveConfig().config,
      instances: 2,
      balance: 'round-robin',
      passages: 128,
      records: 50,
      // A machine that stands still for a while is no reason to give up.
      requestTimeoutMs: 300_000,
      headersTimeoutMs: 300_000,
      connectionTimeoutMs: 300_000,
      redisTimeoutMs: 60_000,
      monitoring: false,
      drainMs: 60_000,
      ...config,
    },
    ports: systemPorts((line) => void log.push(line)),
    dataFolder,
  });
  context.after(() => server.stop());
  const origin = `http://127.0.0.1:${server.port}`;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into replies as they please
  const post = async (path: string, body: object): Promise<any> => {
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.ok(reply.ok, `${reply.status} ${path}`);
    return reply.json();
  };
  const text = async (path: string): Promise<string> => (await fetch(origin + path)).text();
  const untilUp = async (count: number): Promise<void> => {
    while (JSON.parse(await text('/health')).up !== count)
      await new Promise((resolve) => setTimeout(resolve, 50));
  };
  return { server, origin, log, post, text, untilUp };
}

function pattern(id: string, confidence: number) {
  return { id, type: 'plan', domain: 'test', confidence, body: { of: id } };
}

describe('two instances', { timeout: 600_000 }, () => {
  test('serve the same data: conversations, patterns, records, jobs and messages to subscribers', async (context) => {
    const { server, post, text } = await start(context);
    assert.equal(server.pids().length, 2);
    for (let index = 1; index <= 6; index++) {
      const { messages } = await post('/messages', { conversation: 'c', question: `question ${index}` });
      assert.equal(messages, 2 * index, 'each continues where the other one left off');
    }
    for (const confidence of [0.25, 0.5, 0.75]) {
      await post('/patterns', { patterns: [pattern('p', confidence)] });
      // Both have it in their caches now; the next write must reach both.
      for (let index = 0; index < 4; index++)
        assert.equal(JSON.parse(await text('/patterns/p')).confidence, confidence);
    }
    const subscribers = [0, 1].map(() => new WebSocket(`ws://127.0.0.1:${server.port}/live`));
    await Promise.all(subscribers.map((socket) => once(socket, 'open')));
    for (const socket of subscribers) socket.send('{"type":"subscribe","conversation":"c"}');
    await Promise.all(subscribers.map((socket) => once(socket, 'message')));
    const heard = Promise.all(subscribers.map((socket) => once(socket, 'message')));
    subscribers[0]?.send('{"type":"publish","conversation":"c","priority":"high","data":{"n":1}}');
    for (const [data] of await heard) assert.match(String(data), /"data":\{"n":1\}/);
    for (const socket of subscribers) socket.terminate();
    const jobs = [];
    for (let index = 0; index < 2; index++) {
      jobs.push(await post('/jobs', { kind: 'answer', conversation: 'c', question: `job ${index}` }));
    }
    assert.deepEqual(new Set(jobs.map(({ id }) => id)), new Set(['job-1-1', 'job-2-1']));
    for (const { id } of jobs) assert.equal(JSON.parse(await text(`/jobs/${id}`)).id, id);
    const metrics = await text('/metrics');
    for (const id of [1, 2]) {
      assert.match(metrics, new RegExp(`^balancer_up\\{instance="${id}"\\} 1$`, 'm'));
      assert.match(metrics, new RegExp(`^process_resident_memory_bytes\\{instance="${id}"\\} \\d+$`, 'm'));
    }
  });

  test('one that is killed is replaced, costs no read, and loses no acknowledged write', async (context) => {
    const { server, post, text, untilUp } = await start(context);
    const [pid = 0] = server.pids();
    let acknowledged = 0;
    const writing = (async () => {
      for (let index = 0; index < 40; index++) {
        if (index === 10) process.kill(pid, 'SIGKILL');
        try {
          await post('/messages', { conversation: `w${index}`, question: 'boats' });
          acknowledged++;
          assert.equal(JSON.parse(await text(`/conversations/w${index}/state`)).messages, 2);
        } catch (error) {
          // A write that was under way there may be refused; one that was acknowledged must be found.
          assert.match(String(error), /502/);
        }
      }
    })();
    await writing;
    assert.ok(acknowledged >= 35, `${acknowledged} of 40`);
    await untilUp(2);
    assert.ok(!server.pids().includes(pid));
    assert.match(await text('/metrics'), /^balancer_restarts_total 1$/m);
  });

  test('C16: share answers through Redis', { skip: noRedis ?? false }, async (context) => {
    const redis = await startRedis();
    context.after(() => redis.stop());
    const { post } = await start(context, { redis: redis.url });
    let cached = 0;
    for (let index = 0; index < 50; index++) {
      // In turns: what one has answered the other one is asked next.
      await post('/messages', { conversation: 'c', question: `question ${index}` });
      await post('/patterns', { patterns: [pattern('p', 0.5)] });
      await post('/patterns', { patterns: [pattern('p', 0.5)] });
      if ((await post('/messages', { conversation: 'c', question: `question ${index}` })).cached) cached++;
    }
    assert.ok(cached >= 45, `${cached} of 50`);
  });
});

test('a server that cannot start says why, and leaves no process', { timeout: 600_000 }, async (context) => {
  const taken = await start(context, { instances: 1 });
  const config = { ...resolveConfig().config, instances: 2 };
  const options = { config, ports: systemPorts(() => undefined), dataFolder: '/nowhere/at/all' };
  await assert.rejects(startServer(options), { name: 'PerfkitError', message: /instance 1 did not start: / });
  await assert.rejects(startServer({ ...options, port: taken.server.port }), { code: 'EADDRINUSE' });
});
