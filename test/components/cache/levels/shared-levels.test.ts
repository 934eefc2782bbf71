import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  createMemoryLevel,
  createMultiLevelCache,
  createPostgresLevel,
  createRedisLevel,
  createSqliteLevel,
} from '../../../../src/components/cache/index.ts';
import type { Level } from '../../../../src/components/cache/index.ts';
import { noPostgres, noRedis, startPostgres, startRedis } from '../../../helpers/database-servers.ts';

// The whole cascade before the real servers.

const servers = {
  redis: {
    skip: noRedis,
    start: startRedis,
    create: (connection: string): Promise<Level<number>> =>
      createRedisLevel({ connection, timeoutMs: 60_000 }),
  },
  postgres: {
    skip: noPostgres,
    start: startPostgres,
    create: (connection: string): Promise<Level<number>> =>
      createPostgresLevel({ connection, timeoutMs: 60_000 }),
  },
};

for (const [name, { skip, start, create }] of Object.entries(servers)) {
  describe(`${name} as the level that instances share`, { skip: skip ?? false }, () => {
    test('the second instance finds what the first one loaded, and goes on when the server is gone', async () => {
      const server = await start();
      let loads = 0;
      const open = async () =>
        createMultiLevelCache<number>({
          levels: [createMemoryLevel({ name: 'l2' }), createSqliteLevel(), await create(server.url)],
          loader: (key) => {
            loads++;
            return key.length;
          },
        });
      const [first, second] = [await open(), await open()];
      try {
        const keys = Array.from({ length: 200 }, (_, index) => `key:${index}`);
        for (const key of keys) assert.equal(await first.getOrSet(key), key.length);
        await first.flush();
        for (const key of keys.slice(0, 100)) assert.equal(await second.getOrSet(key), key.length);
        const found = await second.getMany(keys);
        assert.equal(found.size, 200);
        assert.equal(loads, 200, 'each key was loaded once for both');
        assert.equal(second.stats().levels[3]?.hits, 200);

        await first.delete('key:1');
        assert.equal(await first.get('key:1'), undefined);
        await server.stop();
        assert.equal(await second.getOrSet('key:2'), 5, 'its own levels answer');
        assert.equal(await second.getOrSet('another'), 7, 'the source answers');
        await second.flush();
        assert.ok((second.stats().levels[3]?.failures ?? 0) >= 1);
        await assert.rejects(second.delete('key:2'));
      } finally {
        await server.stop();
        await Promise.allSettled([first.close(), second.close()]);
      }
    });

    test('a tag that one instance invalidates is gone for those that ask the server', async () => {
      const server = await start();
      const open = async () =>
        createMultiLevelCache<number>({ levels: [createSqliteLevel(), await create(server.url)] });
      const [first, second, third] = [await open(), await open(), await open()];
      try {
        await first.set('a', 1, { tags: ['odd', 'all'], ttl: 60_000 });
        await first.set('b', 2, { tags: ['all'] });
        await first.set('c', 3);
        assert.equal(await second.get('a'), 1, 'with its tags, into the levels of the second instance');
        await second.invalidateTag('odd');
        assert.deepEqual(await third.getMany(['a', 'b', 'c']), new Map(Object.entries({ b: 2, c: 3 })));
        assert.equal(await second.get('a'), undefined);
        await third.invalidateTag('all');
        assert.deepEqual(await third.getMany(['a', 'b', 'c']), new Map([['c', 3]]));
        await first.set('b', 4, { tags: ['all'] });
        assert.equal(await third.get('b'), 4, 'a tag can be used again');
      } finally {
        await Promise.allSettled([first.close(), second.close(), third.close()]);
        await server.stop();
      }
    });

    test('says so when the server is not there', async () => {
      const server = await start();
      await server.stop();
      await assert.rejects(create(server.url));
    });
  });
}
