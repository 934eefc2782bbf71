import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createCache } from '../../../src/components/cache/index.ts';
import type { CacheOptions, EvictReason } from '../../../src/components/cache/index.ts';

function recording(options: CacheOptions<string, string>) {
  const left: [string, string, EvictReason][] = [];
  const cache = createCache({ ...options, onEvict: (value, key, reason) => left.push([key, value, reason]) });
  return { cache, left };
}

test('tells why each value left', () => {
  let nowMs = 0;
  const { cache, left } = recording({ max: 2, ttl: 10, now: () => nowMs });
  cache.set('a', '1');
  cache.set('a', '1');
  cache.set('a', '2');
  cache.set('b', '3');
  cache.set('c', '4');
  cache.delete('b');
  nowMs = 10;
  assert.equal(cache.get('c'), undefined);
  cache.set('d', '5');
  cache.clear();
  assert.deepEqual(left, [
    ['a', '1', 'set'],
    ['a', '2', 'evict'],
    ['b', '3', 'delete'],
    ['c', '4', 'expire'],
    ['d', '5', 'delete'],
  ]);
});

test('an entry lives for its ttl from its last set, which a get does not prolong', () => {
  let nowMs = 0;
  const cache = createCache<string, number>({ max: 9, ttl: 10, now: () => nowMs });
  cache.set('a', 1);
  cache.set('for ever', 2, { ttl: 0 });
  cache.set('short', 3, { ttl: 1 });
  nowMs = 9;
  assert.deepEqual([cache.get('a'), cache.has('short')], [1, false]);
  cache.set('a', 4);
  nowMs = 18.9;
  assert.equal(cache.get('a'), 4);
  nowMs = 19;
  assert.equal(cache.peek('a'), undefined);
  assert.equal(cache.size, 1);
  nowMs = 1e15;
  assert.equal(cache.get('for ever'), 2);
  assert.equal(cache.stats().expirations, 2);
});

test('does not keep an entry larger than its bound, nor the older value of its key, and leaves others alone', () => {
  const { cache, left } = recording({
    maxSize: 10,
    maxEntrySize: 6,
    sizeCalculation: (value) => value.length,
  });
  cache.set('a', '12345');
  cache.set('b', '123');
  assert.equal(cache.set('b', '1234567'), false);
  assert.equal(cache.set('c', '1234567'), false);
  assert.deepEqual(left, [['b', '123', 'set']]);
  assert.deepEqual([...cache], [['a', '12345']]);
  assert.deepEqual([cache.bytes, cache.stats().rejected], [5, 2]);
});

test('a larger value of a key makes others leave, never itself', () => {
  const { cache, left } = recording({ maxSize: 10, sizeCalculation: (value) => value.length });
  cache.set('a', '1');
  cache.set('b', '12345');
  cache.set('a', '1234567890');
  assert.deepEqual(left, [
    ['a', '1', 'set'],
    ['b', '12345', 'evict'],
  ]);
  assert.equal(cache.peek('a'), '1234567890');
  assert.equal(cache.bytes, 10);
});

test('a size that is none changes nothing', () => {
  for (const size of [-1, 1.5, Number.NaN, Infinity]) {
    const cache = createCache<string, number>({ maxSize: 10, sizeCalculation: (value) => value });
    cache.set('a', 1);
    assert.throws(() => cache.set('a', size), RangeError);
    assert.deepEqual([...cache], [['a', 1]]);
    assert.deepEqual([cache.bytes, cache.stats().sets], [1, 1]);
  }
});

test('resize evicts at once and names bounds one by one', () => {
  const { cache, left } = recording({ max: 4, maxSize: 100, sizeCalculation: (value) => value.length });
  for (const name of ['a', 'b', 'c', 'd']) cache.set(name, '0123456789');
  cache.resize({ max: 3 });
  cache.resize({ maxSize: 20 });
  assert.deepEqual(
    left.map(([name]) => name),
    ['a', 'b'],
  );
  cache.resize({ max: 100, maxSize: 1000 });
  for (let index = 0; index < 90; index++) cache.set(`${index}`, '0123456789');
  assert.equal(cache.size, 92);
});

test('tells all of its listener, then throws what that threw', () => {
  const told: string[] = [];
  const cache = createCache<string, number>({
    max: 5,
    onEvict: (_, key) => {
      told.push(key);
      if (key !== 'b') throw new Error(`no ${key}`);
    },
  });
  for (const name of ['a', 'b', 'c']) cache.set(name, 1);
  assert.throws(
    () => cache.clear(),
    (error) => error instanceof AggregateError && error.errors.length === 2,
  );
  assert.deepEqual(told, ['a', 'b', 'c']);
  cache.set('d', 1);
  assert.throws(() => cache.delete('d'), /no d/);
  assert.equal(cache.size, 0);
});

test('lets go of keys and values that left', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: unknown = runInNewContext('gc');
  assert.ok(typeof collectGarbage === 'function');
  const cache = createCache<object, object>({ max: 2 });
  const fill = (): WeakRef<object>[] => {
    const [key, value] = [{}, {}];
    cache.set(key, value);
    return [new WeakRef(key), new WeakRef(value)];
  };
  const [evicted, kept, deleted] = [fill(), fill(), fill()];
  // In a function of its own, whose frame holds nothing afterwards.
  const deleteNewest = (): void => {
    for (const key of [...cache.keys()].slice(1)) assert.ok(cache.delete(key));
  };
  deleteNewest();
  // A WeakRef holds its target until the current job is over.
  await setImmediate();
  collectGarbage();
  const held = (refs: readonly WeakRef<object>[]): boolean[] => refs.map((ref) => ref.deref() !== undefined);
  assert.deepEqual(
    [held(evicted), held(kept), held(deleted)],
    [
      [false, false],
      [true, true],
      [false, false],
    ],
  );
  assert.equal(cache.size, 1);
});

test('refuses options that would bound nothing or cannot be followed', () => {
  const bad: [CacheOptions<string, string>, RegExp][] = [
    [{}, /at least one of `max`, `maxSize` and `ttl`, got none/],
    [{ ttl: 0 }, /at least one of/],
    [{ max: 2.5 }, /Expected `max` to be a positive integer, got `2\.5` \(number\)\./],
    [{ max: 0 }, /`max` to be a positive integer, got `0`/],
    [{ max: Infinity }, /`max` to be a positive integer, got `Infinity`/],
    [{ max: 8_388_609 }, /`max` to be at most 8388608/],
    [{ maxSize: 10 }, /Expected `sizeCalculation` with `maxSize`, got none/],
    [{ max: 1, maxEntrySize: 10 }, /Expected `sizeCalculation` with `maxEntrySize`/],
    [{ max: 1, ttl: -1 }, /`ttl` to be between 0 and 2147483647 milliseconds, got `-1`/],
    [{ max: 1, ttl: Number.NaN }, /`ttl`/],
  ];
  for (const [options, message] of bad) assert.throws(() => createCache(options), { message });
  assert.throws(() => Reflect.apply(createCache, null, [{ max: '10' }]), /got `"10"` \(string\)/);
  assert.throws(
    () => Reflect.apply(createCache, null, [{ max: 1, policy: 'mru' }]),
    /`policy` to be one of lru, lfu, sieve, s3-fifo, w-tinylfu, got `"mru"`/,
  );
  const cache = createCache<string, string>({ max: 1 });
  assert.throws(() => cache.resize({ maxSize: 5 }), /sizeCalculation/);
  assert.throws(() => cache.set('a', 'b', { ttl: -5 }), /ttl/);
  assert.equal(cache.size, 0);
});
