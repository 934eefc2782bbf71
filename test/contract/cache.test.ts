import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { cachePolicies } from '../../src/components/cache/index.ts';
import type { Cache, CacheFactory, CacheOptions, EvictReason } from '../../src/components/cache/index.ts';

// What every policy owes its users, whatever it chooses to evict.

type Step =
  | { readonly op: 'set'; readonly key: number; readonly size: number; readonly ttl: number | undefined }
  | { readonly op: 'get' | 'has' | 'peek' | 'delete'; readonly key: number }
  | { readonly op: 'clear' }
  | { readonly op: 'advance'; readonly ms: number }
  | { readonly op: 'resize'; readonly max: number; readonly maxSize: number };

const key = fc.integer({ min: 0, max: 12 });
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        op: fc.constant('set' as const),
        key,
        size: fc.integer({ min: 0, max: 40 }),
        ttl: fc.constantFrom(undefined, 0, 3, 8),
      }),
    },
    { weight: 5, arbitrary: fc.record({ op: fc.constantFrom('get', 'has', 'peek', 'delete'), key }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('clear' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({ op: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 6 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        op: fc.constant('resize' as const),
        max: fc.integer({ min: 1, max: 9 }),
        maxSize: fc.integer({ min: 20, max: 100 }),
      }),
    },
  ),
  { maxLength: 120, size: 'max' },
);

interface Value {
  readonly id: number;
  readonly size: number;
}

interface Known {
  readonly value: Value;
  readonly deadlineMs: number;
}

for (const [policy, create] of Object.entries(cachePolicies) satisfies [string, CacheFactory][]) {
  describe(`cache policy ${policy}`, () => {
    test('holds what was set last or nothing, within both bounds, and tells of every value that leaves', () => {
      fc.assert(
        fc.property(steps, (sequence) => followSteps(create, sequence)),
        { numRuns: 300 },
      );
    });

    test('keeps everything while there is room', () => {
      const cache = create<number, number>({ max: 1000, onEvict: () => assert.fail('there was room') });
      for (let index = 0; index < 1000; index++) cache.set(index, -index);
      for (let index = 0; index < 1000; index++) assert.equal(cache.get(index), -index);
      assert.equal(cache.stats().hitRatio, 1);
    });

    test('keys are told apart as a Map does, and undefined is a value', () => {
      const cache = create<unknown, unknown>({ max: 10 });
      cache.set('1', 'text');
      cache.set(1, 'number');
      cache.set('__proto__', undefined);
      cache.set(Number.NaN, 'nan');
      assert.deepEqual([cache.get('1'), cache.get(1), cache.get(Number.NaN)], ['text', 'number', 'nan']);
      assert.equal(cache.get('__proto__'), undefined);
      assert.equal(cache.has('__proto__'), true);
      assert.equal(cache.stats().hits, 4);
      assert.equal(cache.has('constructor'), false);
    });

    test('evicts all that has expired before anything that lives', () => {
      let nowMs = 0;
      const left: [number, EvictReason][] = [];
      const cache = create<number, number>({
        max: 6,
        now: () => nowMs,
        onEvict: (_, entry, reason) => left.push([entry, reason]),
      });
      for (const entry of [0, 1, 2]) cache.set(entry, entry);
      for (const entry of [3, 4, 5]) cache.set(entry, entry, { ttl: 10 });
      for (const entry of [3, 4, 5, 3, 4, 5]) cache.get(entry);
      nowMs = 10;
      for (const entry of [6, 7, 8]) cache.set(entry, entry);
      assert.deepEqual(
        left.toSorted(([a], [b]) => a - b),
        [3, 4, 5].map((entry) => [entry, 'expire']),
      );
      assert.equal(cache.set(9, 9), true);
      assert.equal(left.at(-1)?.[1], 'evict');
      assert.equal(cache.size, 6);
    });

    test('does not pile up expired entries when time is the only bound', () => {
      let nowMs = 0;
      const cache = create<number, number>({ ttl: 100, now: () => nowMs });
      for (let index = 0; index < 10_000; index++) {
        nowMs += 1;
        cache.set(index, index);
        assert.ok(cache.size <= 101);
      }
    });

    test('a listener may call the cache', () => {
      fc.assert(
        fc.property(steps, fc.array(key), (sequence, keys) => callBack(create, sequence, keys)),
        { numRuns: 200 },
      );
    });

    test('iterates over live entries while they come and go', () => {
      const cache = create<number, string>({ max: 5 });
      for (let index = 0; index < 5; index++) cache.set(index, `v${index}`);
      assert.deepEqual(
        [...cache],
        [0, 1, 2, 3, 4].map((entry) => [entry, `v${entry}`]),
      );
      const seen: number[] = [];
      for (const entry of cache.keys()) {
        seen.push(entry);
        cache.delete(entry);
        cache.delete(entry + 1);
      }
      assert.deepEqual(seen, [0, 2, 4]);
      assert.equal(cache.size, 0);
    });

    test('takes no memory in advance for its bound', () => {
      const before = process.memoryUsage().arrayBuffers;
      const caches = Array.from({ length: 50 }, () => create<string, string>({ max: 8_000_000, ttl: 1000 }));
      for (const cache of caches) cache.set('a', 'b');
      assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
    });
  });
}

function followSteps(create: CacheFactory, sequence: readonly Step[]): void {
  let nowMs = 0;
  const bounds = { max: 8, maxSize: 90 };
  const left: { readonly value: Value; readonly reason: EvictReason }[] = [];
  const options: CacheOptions<number, Value> = {
    ...bounds,
    maxEntrySize: 35,
    ttl: 5,
    now: () => nowMs,
    sizeCalculation: (value) => {
      within();
      return value.size;
    },
    onEvict: (value, _, reason) => {
      within();
      left.push({ value, reason });
    },
  };
  const cache = create(options);
  const within = (): void => {
    assert.ok(
      cache.size <= bounds.max && cache.bytes <= bounds.maxSize,
      `${cache.size} entries, ${cache.bytes} bytes`,
    );
  };

  const known = new Map<number, Known>();
  const expected = { stored: 0, rejected: 0, hits: 0, misses: 0 };
  const live = (entry: number): Value | undefined => {
    const found = known.get(entry);
    return found !== undefined && found.deadlineMs > nowMs ? found.value : undefined;
  };
  let ids = 0;

  for (const step of sequence) {
    if (step.op === 'advance') nowMs += step.ms;
    else if (step.op === 'clear') cache.clear();
    else if (step.op === 'resize') {
      bounds.max = step.max;
      bounds.maxSize = step.maxSize;
      cache.resize(bounds);
    } else if (step.op === 'set') {
      const value = { id: ids++, size: step.size };
      const fits = step.size <= 35 && step.size <= bounds.maxSize;
      assert.equal(cache.set(step.key, value, step.ttl === undefined ? {} : { ttl: step.ttl }), fits);
      if (fits) {
        expected.stored++;
        known.set(step.key, { value, deadlineMs: step.ttl === 0 ? Infinity : nowMs + (step.ttl ?? 5) });
        assert.equal(cache.peek(step.key), value);
      } else {
        expected.rejected++;
        assert.equal(cache.has(step.key), false);
      }
    } else if (step.op === 'delete') {
      const had = cache.has(step.key);
      assert.equal(cache.delete(step.key), had);
      assert.equal(cache.has(step.key), false);
    } else if (step.op === 'has') {
      assert.equal(cache.has(step.key), cache.peek(step.key) !== undefined);
    } else {
      const value = step.op === 'get' ? cache.get(step.key) : cache.peek(step.key);
      if (value !== undefined) assert.equal(value, live(step.key));
      if (step.op === 'get' && value !== undefined) expected.hits++;
      if (step.op === 'get' && value === undefined) expected.misses++;
    }
    within();
  }

  const rest = [...cache.entries()];
  for (const [entry, value] of rest) assert.equal(value, live(entry));
  assert.equal(cache.size, rest.length, 'iteration has come upon every expired entry');
  assert.equal(
    cache.bytes,
    rest.reduce((sum, [, value]) => sum + value.size, 0),
  );
  const ids2 = [...left.map(({ value }) => value.id), ...rest.map(([, value]) => value.id)];
  assert.equal(ids2.length, expected.stored, 'every value that was kept is still there or was told of once');
  assert.equal(new Set(ids2).size, ids2.length);
  const stats = cache.stats();
  assert.deepEqual(
    { stored: stats.sets, rejected: stats.rejected, hits: stats.hits, misses: stats.misses },
    expected,
  );
  assert.equal(stats.evictions, left.filter(({ reason }) => reason === 'evict').length);
  assert.equal(stats.expirations, left.filter(({ reason }) => reason === 'expire').length);
}

/** Each of the first so many notices makes another change from inside the listener. */
function callBack(create: CacheFactory, sequence: readonly Step[], keys: readonly number[]): void {
  let nowMs = 0;
  const todo = [...keys];
  let depth = 0;
  const cache: Cache<number, number> = create<number, number>({
    max: 4,
    maxSize: 60,
    ttl: 4,
    now: () => nowMs,
    sizeCalculation: (value) => value,
    onEvict: () => {
      depth++;
      assert.equal(depth, 1, 'notices do not nest');
      assert.ok(cache.size <= 4 && cache.bytes <= 60);
      const next = todo.pop();
      if (next !== undefined) {
        if (next % 3 === 0) cache.delete(next);
        else if (next % 3 === 1) cache.set(next, next * 3);
        else cache.get(next);
      }
      depth--;
    },
  });
  for (const step of sequence) {
    if (step.op === 'set') cache.set(step.key, step.size);
    else if (step.op === 'advance') nowMs += step.ms;
    else if (step.op === 'delete' || step.op === 'get') cache[step.op](step.key);
    assert.ok(cache.size <= 4 && cache.bytes <= 60);
  }
  const sizes = [...cache.entries()].map(([, size]) => size);
  assert.equal(cache.size, sizes.length);
  assert.equal(
    cache.bytes,
    sizes.reduce((sum, size) => sum + size, 0),
  );
}
