import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createLoadingCache } from '../../../../src/components/cache/index.ts';
import type { LoadingCache, LoadingCacheOptions } from '../../../../src/components/cache/index.ts';

/** A cache on a clock of its own whose source can be told what to do. */
function underTest(options: Partial<LoadingCacheOptions<string, unknown>> = {}) {
  const source = { nowMs: 0, takesMs: 0, loads: 0, next: (): unknown => `v${source.loads}` };
  const errors: unknown[] = [];
  const cache: LoadingCache<string, unknown> = createLoadingCache<string, unknown>({
    max: 100,
    ttl: 100,
    now: () => source.nowMs,
    loader: async () => {
      source.loads++;
      const value = source.next();
      await Promise.resolve();
      source.nowMs += source.takesMs;
      return value;
    },
    onRefreshError: (error) => errors.push(error),
    ...options,
  });
  return { cache, source, errors };
}

const fail = (): never => {
  throw new Error('source is down');
};

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe('loading cache', () => {
  test('loads once for all who ask, and then not again while the value is fresh', async () => {
    const { cache, source } = underTest();
    const values = await Promise.all(Array.from({ length: 100 }, () => cache.fetch('a')));
    assert.deepEqual(new Set(values), new Set(['v1']));
    source.nowMs = 99;
    assert.equal(await cache.fetch('a'), 'v1');
    assert.equal(source.loads, 1);
    source.nowMs = 100;
    assert.equal(cache.get('a'), undefined);
    assert.equal(await cache.fetch('a'), 'v2');
    assert.deepEqual(
      { ...cache.stats(), bytes: 0 },
      {
        hits: 1,
        misses: 102,
        hitRatio: 1 / 103,
        sets: 2,
        evictions: 0,
        expirations: 1,
        rejected: 0,
        entries: 1,
        bytes: 0,
        loads: 2,
        loadFailures: 0,
        sharedLoads: 99,
        earlyRefreshes: 0,
        staleHits: 0,
        staleOnError: 0,
        meanLoadMs: 0,
        loading: 0,
      },
    );
  });

  test('two caches with one key do not share a load', async () => {
    const [one, other] = [underTest(), underTest()];
    await Promise.all([one.cache.fetch('a'), other.cache.fetch('a')]);
    assert.deepEqual([one.source.loads, other.source.loads], [1, 1]);
  });

  test('every value is a value: falsy ones, null, and undefined for none', async () => {
    for (const value of [0, '', false, null, Number.NaN, undefined]) {
      const { cache, source } = underTest();
      source.next = () => value;
      assert.deepEqual([await cache.fetch('a'), await cache.fetch('a')], [value, value]);
      assert.equal(source.loads, 1, String(value));
      assert.equal(cache.has('a'), true);
    }
  });

  test('every rejection is one, the falsy ones too, and none is remembered by default', async () => {
    for (const reason of [undefined, null, 0, '', new Error('no')]) {
      const { cache, source } = underTest();
      source.next = () => {
        throw reason;
      };
      for (let attempt = 1; attempt <= 2; attempt++) {
        const [result] = await Promise.allSettled([cache.fetch('a')]);
        assert.deepEqual(result, { status: 'rejected', reason });
        assert.equal(source.loads, attempt);
      }
    }
  });

  test('remembers that there is none for as long as negativeTtl says', async () => {
    const { cache, source } = underTest({ negativeTtl: 10 });
    source.next = () => undefined;
    await cache.fetch('a');
    source.nowMs = 9;
    await cache.fetch('a');
    assert.equal(source.loads, 1);
    source.nowMs = 10;
    await cache.fetch('a');
    assert.equal(source.loads, 2);
    const never = underTest({ negativeTtl: 0 });
    never.source.next = () => undefined;
    await never.cache.fetch('a');
    await never.cache.fetch('a');
    assert.equal(never.source.loads, 2);
  });

  test('remembers a failure for as long as failureTtl says', async () => {
    const { cache, source } = underTest({ failureTtl: 10 });
    source.next = fail;
    await assert.rejects(cache.fetch('a'), /source is down/);
    source.nowMs = 9;
    await assert.rejects(cache.fetch('a'), /source is down/);
    assert.throws(() => cache.get('a'), /source is down/);
    assert.equal(source.loads, 1);
    source.nowMs = 10;
    source.next = () => 'up';
    assert.equal(await cache.fetch('a'), 'up');
  });

  test('returns the stale value while it is loaded anew, once, in the background', async () => {
    const { cache, source } = underTest({ staleWhileRevalidate: 50 });
    await cache.fetch('a');
    source.nowMs = 120;
    assert.deepEqual(await Promise.all([cache.fetch('a'), cache.fetch('a'), cache.fetch('a')]), [
      'v1',
      'v1',
      'v1',
    ]);
    await settled();
    assert.equal(source.loads, 2);
    assert.equal(await cache.fetch('a'), 'v2');
    source.nowMs = 270;
    assert.equal(await cache.fetch('a'), 'v3', 'too stale is not returned');
    assert.equal(cache.stats().staleHits, 3);
  });

  test('a load in the background that fails is told of, and the stale value stays', async () => {
    const { cache, source, errors } = underTest({ staleWhileRevalidate: 50, failureTtl: 10 });
    await cache.fetch('a');
    source.nowMs = 110;
    source.next = fail;
    assert.equal(await cache.fetch('a'), 'v1');
    await settled();
    assert.match(String(errors[0]), /source is down/);
    assert.equal(await cache.fetch('a'), 'v1');
    await settled();
    assert.equal(source.loads, 2, 'not tried again at once');
    source.nowMs = 121;
    assert.equal(await cache.fetch('a'), 'v1');
    await settled();
    assert.equal(source.loads, 3);
  });

  test('a failed load is made good with a value within its grace, not with an older one', async () => {
    const { cache, source } = underTest({ staleIfError: 1000 });
    await cache.fetch('a');
    source.next = fail;
    source.nowMs = 1099;
    assert.deepEqual(await Promise.all([cache.fetch('a'), cache.fetch('a')]), ['v1', 'v1']);
    assert.equal(source.loads, 2);
    assert.equal(cache.get('a'), undefined, 'get gives only what is fresh');
    source.nowMs = 1100;
    await assert.rejects(cache.fetch('a'), /source is down/);
    assert.equal(cache.stats().staleOnError, 1);
  });

  test('with grace and failureTtl a source that is down is left alone for a while', async () => {
    const { cache, source } = underTest({ staleIfError: 1000, failureTtl: 50 });
    await cache.fetch('a');
    source.next = fail;
    source.nowMs = 200;
    for (let call = 0; call < 10; call++) assert.equal(await cache.fetch('a'), 'v1');
    assert.equal(source.loads, 2);
    source.nowMs = 250;
    source.next = () => 'back';
    assert.equal(await cache.fetch('a'), 'back');
  });

  test('refreshes early with the probability of the XFetch rule', async () => {
    // P(refresh) at `left` ms before the end = P(-delta ln U >= left) = exp(-left / delta).
    const left = 20;
    const takesMs = 10;
    let early = 0;
    const runs = 4000;
    let state = 1;
    const random = (): number => {
      state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    for (let run = 0; run < runs; run++) {
      const { cache, source } = underTest({ beta: 1, random });
      source.takesMs = takesMs;
      await cache.fetch('a');
      source.nowMs += 100 - left;
      await cache.fetch('a');
      early += cache.stats().earlyRefreshes;
    }
    const expected = runs * Math.exp(-left / takesMs);
    assert.ok(Math.abs(early - expected) < 5 * Math.sqrt(expected), `${early} of ${expected}`);
  });

  test('never refreshes early without beta, whatever chance says', async () => {
    const { cache, source } = underTest({ random: () => 0 });
    source.takesMs = 50;
    await cache.fetch('a');
    source.nowMs += 99;
    await cache.fetch('a');
    assert.equal(source.loads, 1);
  });

  test('what is set or deleted during a load stays so', async () => {
    const gate = Promise.withResolvers<string>();
    const { cache } = underTest({ loader: () => gate.promise });
    const [set, deleted] = [cache.fetch('set'), cache.fetch('deleted')];
    cache.set('set', 'newer');
    cache.delete('deleted');
    gate.resolve('older');
    assert.deepEqual(await Promise.all([set, deleted]), ['older', 'older']);
    assert.equal(cache.get('set'), 'newer');
    assert.equal(cache.has('deleted'), false);
    const cleared = underTest();
    const loading = cleared.cache.fetch('a');
    cleared.cache.clear();
    await loading;
    assert.equal(cleared.cache.has('a'), false);
  });

  test('an abort that ends a load is not remembered as a failure of the source', async () => {
    let seen: AbortSignal | undefined;
    const { cache } = underTest({
      failureTtl: 1000,
      loader: (_, { signal }) => {
        seen = signal;
        const { promise, reject } = Promise.withResolvers<string>();
        signal.addEventListener('abort', () => reject(signal.reason));
        return promise;
      },
    });
    const controller = new AbortController();
    const waiting = cache.fetch('a', undefined, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    assert.equal(seen?.aborted, true);
    assert.equal(await cache.fetch('a', () => 'fine'), 'fine');
  });

  test('the loader sees the expired value, and forceRefresh loads in spite of a fresh one', async () => {
    const { cache, source } = underTest({ staleIfError: 1000 });
    await cache.fetch('a');
    source.nowMs = 150;
    await cache.fetch('a', (_, { stale }) => `after ${String(stale)}`);
    assert.equal(cache.get('a'), 'after v1');
    assert.equal(await cache.fetch('a', undefined, { forceRefresh: true }), 'v2');
  });

  test('bounds and listeners are about values', async () => {
    const left: unknown[] = [];
    const cache = createLoadingCache<string, string>({
      maxSize: 10,
      sizeCalculation: (value) => value.length,
      onEvict: (value, key, reason) => left.push([key, value, reason]),
    });
    await cache.fetch('a', () => '123456');
    await cache.fetch('b', () => '1234567');
    assert.deepEqual(left, [['a', '123456', 'evict']]);
    assert.equal(cache.stats().bytes, 7);
    assert.equal(await cache.fetch('c', () => 'longer than the cache'), 'longer than the cache');
    assert.equal(cache.has('c'), false);
  });

  test('refuses what it cannot do', async () => {
    assert.throws(() => underTest({ beta: -1 }), /`beta` to be a number of at least 0, got `-1`/);
    assert.throws(() => underTest({ staleIfError: -1 }), /staleIfError/);
    const cache = createLoadingCache<string, string>({ max: 1 });
    await assert.rejects(cache.fetch('a'), /Expected a `loader`/);
  });

  test('never returns what is older than ttl and the longest tolerance', async () => {
    const step = fc.record({
      ms: fc.integer({ min: 0, max: 60 }),
      fails: fc.boolean(),
      key: fc.constantFrom('a', 'b'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (sequence) => {
        const { cache, source } = underTest({
          ttl: 20,
          staleWhileRevalidate: 15,
          staleIfError: 40,
          failureTtl: 7,
        });
        for (const { ms, fails, key } of sequence) {
          source.nowMs += ms;
          source.next = () => (fails ? fail() : source.nowMs);
          try {
            const madeAtMs = await cache.fetch(key);
            assert.ok(source.nowMs - Number(madeAtMs) < 60, `${String(madeAtMs)} at ${source.nowMs}`);
          } catch (error) {
            assert.match(String(error), /source is down/);
          }
          await settled();
        }
        assert.equal(cache.stats().loading, 0);
      }),
      { numRuns: 200 },
    );
  });
});
