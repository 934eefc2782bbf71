import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { deflateSync, inflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import {
  createMemoryLevel,
  createMultiLevelCache,
  createSqliteLevel,
} from '../../../../src/components/cache/index.ts';
import type { Level, LevelEntry, MultiLevelOptions } from '../../../../src/components/cache/index.ts';
import { createRandom } from '../../../../src/measure/random.ts';

/** A far level in a Map, whose answers come when `settle` is called or at the next turn of the event loop. */
class SlowLevel implements Level<string> {
  readonly name: string;
  readonly isAtOnce = false;
  readonly held = new Map<string, LevelEntry<string>>();
  readonly calls: string[] = [];
  isDown = false;
  /** Answers wait for it. */
  gate: Promise<void> | null = null;

  constructor(name = 'slow') {
    this.name = name;
  }

  async #answer(call: string): Promise<void> {
    this.calls.push(call);
    if (this.gate !== null) await this.gate;
    await setImmediate();
    if (this.isDown) throw new Error(`${this.name} is down`);
  }

  async get(key: string): Promise<LevelEntry<string> | undefined> {
    const entry = this.held.get(key);
    await this.#answer(`get ${key}`);
    return entry;
  }

  async getMany(keys: readonly string[]): Promise<ReadonlyMap<string, LevelEntry<string>>> {
    await this.#answer(`getMany ${keys.join(',')}`);
    return new Map([...this.held].filter(([key]) => keys.includes(key)));
  }

  set(key: string, entry: LevelEntry<string>): Promise<void> {
    return this.setMany(new Map([[key, entry]]));
  }

  async setMany(entries: ReadonlyMap<string, LevelEntry<string>>): Promise<void> {
    await this.#answer(`set ${[...entries.keys()].join(',')}`);
    for (const [key, entry] of entries) this.held.set(key, entry);
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    await this.#answer(`delete ${keys.join(',')}`);
    for (const key of keys) this.held.delete(key);
  }

  async deletePrefix(prefix: string): Promise<void> {
    await this.#answer(`deletePrefix ${prefix}`);
    for (const key of this.held.keys()) if (key.startsWith(prefix)) this.held.delete(key);
  }

  async clear(): Promise<void> {
    await this.#answer('clear');
    this.held.clear();
  }

  close(): void {
    this.calls.push('close');
  }
}

function underTest(options: MultiLevelOptions<string> = {}) {
  const far = new SlowLevel();
  const near = createMemoryLevel<string>({ name: 'l2', max: 50 });
  const loads: string[] = [];
  const cache = createMultiLevelCache<string>({
    l1: { max: 10, policy: 'lru' },
    levels: [near, far],
    loader: async (key) => {
      loads.push(key);
      await setImmediate();
      return `loaded ${key}`;
    },
    ...options,
  });
  return { cache, near, far, loads };
}

const entry = (value: string): LevelEntry<string> => ({ value, ttlMs: 0 });

describe('multi-level cache', () => {
  test('invalidates a tag in all levels, with the copies that were promoted, and keeps no load under way', async () => {
    const tagsOf = (value: string | undefined, key: string): string[] => [`first ${key[0]}`, `${value}`];
    const { cache, near, far } = underTest({ tagsOf, loader: (key) => setImmediate(`loaded ${key}`) });
    await cache.set('a1', 'set', { tags: ['mine'] });
    await cache.set('a2', 'set');
    await cache.getOrSet('b1');
    await cache.flush();
    near.clear();
    assert.deepEqual(far.held.get('b1')?.tags, ['first b', 'loaded b1']);

    await cache.invalidateTag('first a');
    assert.equal(cache.get('a1'), 'set', 'its own tags stand in place of the others');
    assert.equal(near.get('a2'), undefined);
    assert.deepEqual(far.calls.at(-1), 'clear', 'a level that knows no tags is cleared');
    assert.equal(cache.get('b1'), 'loaded b1');

    const loading = cache.getOrSet('b2');
    await cache.invalidateTag('first b');
    assert.equal(await loading, 'loaded b2');
    await cache.flush();
    for (const key of ['b1', 'b2']) {
      assert.equal(await cache.get(key), undefined);
      assert.equal(far.held.has(key), false);
    }
    await assert.rejects(cache.set('c', 'x', { tags: ['a', JSON.parse('1')] }), TypeError);
  });

  test('looks from level to level and puts what it finds into all above, on every read path', async () => {
    const reads = {
      get: async (cache: ReturnType<typeof underTest>['cache']) => cache.get('a'),
      getMany: async (cache: ReturnType<typeof underTest>['cache']) =>
        (await cache.getMany(['a', 'z'])).get('a'),
      getOrSet: async (cache: ReturnType<typeof underTest>['cache']) => cache.getOrSet('a'),
    };
    for (const [name, read] of Object.entries(reads)) {
      const { cache, near, far, loads } = underTest();
      far.held.set('a', entry('from far'));
      assert.equal(await read(cache), 'from far', name);
      assert.equal(near.get('a')?.value, 'from far', `${name} promotes to l2`);
      assert.equal(cache.get('a'), 'from far', `${name} promotes to l1, which answers at once`);
      assert.deepEqual(loads, []);
      const { levels } = cache.stats();
      assert.deepEqual(
        levels.map((level) => [level.name, level.hits, level.promotions]),
        [
          ['l1', 1, 0],
          ['l2', 0, 1],
          ['slow', 1, 0],
        ],
      );

      const other = underTest();
      other.near.set('a', entry('from near'));
      assert.equal(await read(other.cache), 'from near', name);
      assert.equal(other.cache.get('a'), 'from near', `${name} promotes from l2`);
      assert.deepEqual(
        other.far.calls.filter((call) => call.includes('a,') || call.endsWith(' a')),
        [],
      );
    }
  });

  test('memory answers at once, without a promise', async () => {
    const { cache, near } = underTest();
    near.set('b', entry('packed'));
    assert.equal(cache.get('b'), 'packed');
    assert.equal(cache.getOrSet('b'), 'packed');
    assert.ok(cache.get('c') instanceof Promise);
  });

  test('one look-up and one load for all who ask at the same time', async () => {
    const { cache, far, loads } = underTest();
    const values = await Promise.all([
      ...Array.from({ length: 50 }, () => cache.getOrSet('a')),
      ...Array.from({ length: 50 }, () => cache.get('b')),
    ]);
    assert.deepEqual(new Set(values), new Set(['loaded a', undefined]));
    assert.deepEqual(loads, ['a']);
    assert.deepEqual(
      far.calls.filter((call) => call.startsWith('get')),
      ['get a', 'get b'],
    );
    await cache.flush();
    assert.deepEqual(far.held.get('a'), entry('loaded a'));
    const stats = cache.stats();
    assert.deepEqual([stats.lookups, stats.hits, stats.misses, stats.shared], [100, 0, 100, 98]);
  });

  test('a caller who gives up is let go, the others get their value, and the last one stops the load', async () => {
    const gate = Promise.withResolvers<string>();
    let loadSignal: AbortSignal | undefined;
    const { cache } = underTest({
      loader: (_, { signal }) => {
        loadSignal = signal;
        return gate.promise;
      },
    });
    const [one, two] = [new AbortController(), new AbortController()];
    const callers = [one, two].map(async ({ signal }) => cache.getOrSet('a', undefined, { signal }));
    await setImmediate();
    await setImmediate();
    one.abort(new Error('enough'));
    await assert.rejects(callers[0] ?? Promise.resolve(), /enough/);
    assert.equal(loadSignal?.aborted, false);
    two.abort(new Error('me too'));
    await assert.rejects(callers[1] ?? Promise.resolve(), /me too/);
    assert.equal(loadSignal?.aborted, true);
    gate.resolve('late');
    await setImmediate();
    assert.equal(await cache.get('a'), undefined, 'what nobody waited for is not kept');
  });

  test('remembers that there is none, in every level, for as long as told', async () => {
    let nowMs = 0;
    let loads = 0;
    const far = new SlowLevel();
    const cache = createMultiLevelCache<string>({
      levels: [far],
      now: () => nowMs,
      ttl: 1000,
      negativeTtl: 10,
      loader: () => {
        loads++;
        return undefined;
      },
    });
    assert.equal(await cache.getOrSet('a'), undefined);
    await cache.flush();
    assert.deepEqual(far.held.get('a'), { value: undefined, ttlMs: 10 });
    assert.equal(cache.getOrSet('a'), undefined, 'at once');
    assert.equal(loads, 1);
    nowMs = 10;
    far.held.clear();
    await cache.getOrSet('a');
    assert.equal(loads, 2);
  });

  test('falsy values are found like any other', async () => {
    const cache = createMultiLevelCache<unknown>({ levels: [createMemoryLevel({ name: 'l2' })] });
    for (const value of [0, '', false, null]) {
      await cache.set('a', value);
      assert.equal(cache.get('a'), value);
      assert.equal(
        cache.getOrSet('a', () => 'loaded'),
        value,
      );
    }
  });

  test('a value found below lives on above only as long as it had left', async () => {
    let nowMs = 0;
    const far = new SlowLevel();
    const cache = createMultiLevelCache<string>({ levels: [far], now: () => nowMs, ttl: 1000 });
    far.held.set('a', { value: 'old', ttlMs: 30 });
    assert.equal(await cache.get('a'), 'old');
    far.held.clear();
    nowMs = 29;
    assert.equal(cache.get('a'), 'old');
    nowMs = 30;
    assert.equal(await cache.get('a'), undefined);
  });

  test('set, delete, prefix and clear reach every level', async () => {
    const { cache, near, far } = underTest();
    for (const key of ['a:1', 'a:2', 'b:1']) await cache.set(key, key);
    assert.equal(far.held.size, 3);
    await cache.delete('a:1');
    await cache.deletePrefix('a:');
    assert.deepEqual([cache.get('b:1'), near.get('a:2'), far.held.size], ['b:1', undefined, 1]);
    assert.equal(await cache.get('a:2'), undefined);
    await cache.deleteMany(['b:1', 'nothing']);
    assert.equal(far.held.size, 0);
    await cache.set('c', 'c');
    await cache.clear();
    assert.equal(await cache.get('c'), undefined);
    await cache.close();
    assert.ok(far.calls.includes('close'));
  });

  test('what is looked up or loaded while it is changed is not kept', async () => {
    const { cache, near, far } = underTest();
    far.held.set('a', entry('old'));
    const lookup = cache.get('a');
    const change = cache.delete('a');
    assert.equal(await lookup, 'old');
    await change;
    assert.equal(await cache.get('a'), undefined);
    assert.equal(near.get('a'), undefined);

    const load = cache.getOrSet('b');
    await cache.set('b', 'set');
    await load;
    await cache.flush();
    assert.equal(cache.get('b'), 'set');
    assert.equal(far.held.get('b')?.value, 'set');

    far.held.set('c', entry('old'));
    const many = cache.getMany(['c']);
    await cache.clear();
    assert.equal((await many).size <= 1, true);
    assert.equal(await cache.get('c'), undefined);
  });

  test('changes of one key reach a far level in their order', async () => {
    const { cache, far } = underTest();
    await Promise.all([cache.set('a', '1'), cache.set('a', '2'), cache.delete('a'), cache.set('a', '3')]);
    assert.equal(far.held.get('a')?.value, '3');
    assert.equal(cache.get('a'), '3');
    await Promise.all([cache.set('a', '4'), cache.clear(), cache.set('b', '5')]);
    assert.equal(await cache.get('a'), undefined);
    assert.equal(await cache.get('b'), '5');
    assert.deepEqual([...far.held.keys()], ['b']);
  });

  test('a level that is down is passed over in look-ups and owned up to in changes', async () => {
    const reports: string[] = [];
    const { cache, far, loads } = underTest({ onLevelError: (_, level) => reports.push(level) });
    far.isDown = true;
    assert.equal(await cache.get('a'), undefined);
    assert.equal(await cache.getOrSet('a'), 'loaded a');
    assert.equal((await cache.getMany(['a', 'b'])).get('a'), 'loaded a');
    await cache.flush();
    await assert.rejects(cache.set('c', 'c'), /slow is down/);
    await assert.rejects(cache.delete('a'), /slow is down/);
    await assert.rejects(cache.clear(), /slow is down/);
    assert.deepEqual(loads, ['a']);
    assert.ok(reports.length >= 4 && new Set(reports).size === 1, reports.join());
    assert.ok((cache.stats().levels[2]?.failures ?? 0) >= 7);
    far.isDown = false;
    assert.equal(await cache.getOrSet('a'), 'loaded a');
  });

  test('a failed load rejects all who wait, falsy reasons too, and is tried again', async () => {
    let loads = 0;
    const { cache } = underTest({
      loader: () => {
        loads++;
        throw undefined;
      },
    });
    const results = await Promise.allSettled([cache.getOrSet('a'), cache.getOrSet('a')]);
    assert.deepEqual(results, [
      { status: 'rejected', reason: undefined },
      { status: 'rejected', reason: undefined },
    ]);
    await assert.rejects(async () => cache.getOrSet('a'));
    assert.deepEqual([loads, cache.stats().loadFailures], [2, 2]);
  });

  test('the source is asked once while the first level forgets: the others still have it', async () => {
    const { cache, loads } = underTest();
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 40; index++) await cache.getOrSet(`k${index}`);
    }
    assert.equal(loads.length, 40);
    const { levels, hitRatio } = cache.stats();
    assert.equal(levels[1]?.hits, 80);
    assert.equal(hitRatio, 80 / 120);
  });

  test('is warm from the first look-up: the most popular in L1, all in the compressed level', async () => {
    const { cache, near, loads } = underTest();
    async function* entries(): AsyncGenerator<readonly [string, string]> {
      for (let index = 0; index < 40; index++) yield [`k${index}`, `v${index}`];
    }
    assert.equal(await cache.warm(entries()), 40);
    assert.equal(near.stats().entries, 40);
    for (let index = 0; index < 40; index++) assert.equal(cache.get(`k${index}`), `v${index}`);
    const { levels } = cache.stats();
    assert.ok((levels[0]?.hits ?? 0) >= 9, `${levels[0]?.hits} of the first ten`);
    assert.equal(cache.stats().misses, 0);
    assert.deepEqual(loads, []);
    await cache.set('k1', 'newer');
    await cache.warm([['k1', 'older']]);
    assert.equal(cache.get('k1'), 'newer');
  });

  test('looks up ahead what came next before: ratio of a chain of keys, off and on', async () => {
    const random = createRandom(3);
    const chain = Array.from({ length: 400 }, (_, index) => `k${index}`);
    const walk: string[] = [];
    for (let at = 0, step = 0; step < 6_000; step++) {
      walk.push(chain[at] ?? '');
      at = random.next() < 0.9 ? (at + 1) % chain.length : random.int(chain.length);
    }
    const ratio = async (prefetch: boolean): Promise<number> => {
      const cache = createMultiLevelCache<string>({
        l1: { max: 50 },
        loader: async (key) => key,
        ...(prefetch ? { prefetch: {} } : {}),
      });
      for (const key of walk) {
        assert.equal(await cache.getOrSet(key), key);
        await setImmediate();
      }
      const stats = cache.stats();
      assert.equal(stats.prefetches > 0, prefetch);
      assert.ok(stats.prefetchHits <= stats.prefetches);
      return stats.hitRatio;
    };
    const [off, on] = [await ratio(false), await ratio(true)];
    assert.ok(on >= off + 0.1, `${on} against ${off}`);
  });

  test('levels have names of their own, and those that answer at once come first', () => {
    const memory = createMemoryLevel<string>();
    assert.throws(
      () => createMultiLevelCache({ levels: [memory, createMemoryLevel()] }),
      /names of their own/,
    );
    assert.throws(
      () => createMultiLevelCache({ levels: [new SlowLevel(), memory] }),
      /at once to come first/,
    );
    assert.throws(() => createMultiLevelCache({ ttl: -1 }), /`ttl`/);
    assert.throws(() => createMultiLevelCache({ prefetch: { minLead: 0 } }), /prefetch.minLead/);
  });

  test('an old value never comes back, whatever happens at the same time', async () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({
        op: fc.constantFrom('get' as const, 'getOrSet' as const, 'set' as const, 'delete' as const),
        key,
      }),
      fc.record({ op: fc.constantFrom('getMany' as const, 'clear' as const, 'turn' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (sequence) => {
        let version = 0;
        const truth = new Map<string, number>();
        const far = new SlowLevel();
        const cache = createMultiLevelCache<string>({
          l1: { max: 2, policy: 'lru' },
          levels: [createMemoryLevel({ name: 'l2', max: 2 }), far],
          // The source has what was written last, as a database would.
          loader: async (one) => {
            await setImmediate();
            return String(truth.get(one) ?? -1);
          },
        });
        const changes: Promise<unknown>[] = [];
        const reads: Promise<unknown>[] = [];
        for (const action of sequence) {
          if (action.op === 'set') {
            truth.set(action.key, ++version);
            changes.push(cache.set(action.key, String(version)));
          } else if (action.op === 'delete') {
            truth.delete(action.key);
            changes.push(cache.delete(action.key));
          } else if (action.op === 'clear') changes.push(cache.clear());
          else if (action.op === 'get') reads.push(Promise.resolve(cache.get(action.key)));
          else if (action.op === 'getOrSet') reads.push(Promise.resolve(cache.getOrSet(action.key)));
          else if (action.op === 'getMany') reads.push(cache.getMany(['a', 'b', 'c']));
          else await setImmediate();
        }
        await Promise.all([...changes, ...reads]);
        await cache.flush();
        for (const one of ['a', 'b', 'c']) {
          const found = await cache.get(one);
          if (found !== undefined) assert.equal(found, String(truth.get(one) ?? -1), one);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('the documented sizes are bounds at every moment: 1,000 and 10 MiB, 10,000 and 100 MiB', async () => {
    const level = createMemoryLevel<string>({ name: 'l2' });
    const cache = createMultiLevelCache<string>({ levels: [level] });
    const random = createRandom(1);
    for (let index = 0; index < 12_000; index++) {
      await cache.set(`k${index}`, 'x'.repeat(Math.floor(40_000 * random.next() ** 4)));
      const { entries, bytes } = level.stats();
      assert.ok(entries <= 10_000 && bytes <= 104_857_600);
    }
    assert.equal(level.stats().bytes > 50_000_000, true);
  });

  test('the compressed level counts bytes after compression, and leaves alone what does not shrink', () => {
    const codec = {
      compressSync: (data: Uint8Array) => deflateSync(data),
      decompressSync: (data: Uint8Array) => inflateSync(data),
    };
    const level = createMemoryLevel<string>({ codec });
    const random = createRandom(9);
    for (let index = 0; index < 200; index++) {
      level.set(`text:${index}`, entry('all work and no play makes Jack a dull boy. '.repeat(20)));
      level.set(
        `noise:${index}`,
        entry(Array.from({ length: 700 }, () => String.fromCharCode(32 + random.int(90))).join('')),
      );
    }
    const stats = level.stats();
    assert.equal(stats.compressed >= 200, true);
    assert.ok(stats.bytes < 200 * 200 + 200 * 760, `${stats.bytes}`);
    for (let index = 0; index < 200; index++) {
      assert.equal(level.get(`text:${index}`)?.value?.length, 880);
      assert.equal(level.get(`noise:${index}`)?.value?.length, 700);
    }
  });

  test('values that do not shrink are soon not tried any more, prefix by prefix, but now and then', () => {
    let tried = 0;
    const codec = {
      compressSync: (data: Uint8Array) => {
        tried++;
        return data;
      },
      decompressSync: (data: Uint8Array) => data,
    };
    const level = createMemoryLevel<string>({ codec, threshold: 0 });
    for (let index = 0; index < 1_000; index++) level.set(`noise:${index}`, entry('abc'));
    assert.ok(tried >= 10 && tried < 50, `${tried}`);
    const { skipped, incompressible } = level.stats();
    assert.equal(skipped + incompressible, 1_000);
  });

  test('SQLite as a third level keeps its bound and what it had before a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'perfkit-level-'));
    const path = join(folder, 'level.sqlite');
    let nowMs = 1e12;
    const open = (): Level<string> => createSqliteLevel<string>({ path, max: 100, wallClock: () => nowMs });
    const first = open();
    for (let index = 0; index < 100; index++)
      void first.set(`k${index}`, { value: 'v', ttlMs: index < 50 ? 10 : 0 });
    nowMs += 10;
    for (let index = 100; index < 140; index++) void first.set(`k${index}`, entry('v'));
    assert.equal((await first.get('k99')) === undefined, false, 'the expired leave before the living');
    await first.close();
    const second = open();
    assert.equal((await second.get('k139'))?.value, 'v');
    assert.equal(await second.get('k10'), undefined);
    for (let index = 200; index < 400; index++) void second.set(`k${index}`, entry('v'));
    const left = await second.getMany(Array.from({ length: 400 }, (_, index) => `k${index}`));
    assert.ok(left.size <= 100 && left.has('k399') && !left.has('k139'), `${left.size}`);
    await second.close();
    rmSync(folder, { recursive: true });
  });
});
