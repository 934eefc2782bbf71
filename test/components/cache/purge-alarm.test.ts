import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCache } from '../../../src/components/cache/index.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

function underTest() {
  const clock = new VirtualClock();
  const left: number[] = [];
  const cache = createCache<number, number>({
    max: 1_000_000,
    ttlAutopurge: true,
    now: clock.nowMs,
    timers: clock,
    onEvict: (_, key, reason) => {
      if (reason === 'expire') left.push(key);
    },
  });
  return { cache, clock, left };
}

describe('ttlAutopurge', () => {
  test('removes what has expired with one timer at most, which does not keep the process alive', async () => {
    const { cache, clock, left } = underTest();
    cache.set(0, 0);
    assert.equal(clock.pending.length, 0, 'nothing expires, so there is no timer');
    for (const [key, ttl] of [
      [1, 5000],
      [2, 10],
      [3, 700],
      [4, 2_000_000_000],
    ] as const) {
      cache.set(key, key, { ttl });
      assert.equal(clock.pending.length, 1);
      assert.equal(clock.pending[0]?.hasRef(), false);
    }
    await clock.advance(10);
    assert.deepEqual(left, [2]);
    await clock.advance(690);
    assert.deepEqual(left, [2, 3]);
    await clock.advance(2_000_000_000);
    assert.deepEqual(left, [2, 3, 1, 4]);
    assert.deepEqual([cache.size, clock.pending.length], [1, 0]);
  });

  test('a hundred thousand at once leave in portions, none of them long', async () => {
    const { cache, clock, left } = underTest();
    for (let key = 0; key < 100_000; key++) cache.set(key, key, { ttl: 50 });
    await clock.advance(50);
    assert.equal(left.length, 1000);
    await clock.advance(99);
    assert.equal(cache.size, 0);
    assert.equal(clock.pending.length, 0);
  });

  test('is quiet after clear, and without it nothing is timed', async () => {
    const { cache, clock, left } = underTest();
    cache.set(1, 1, { ttl: 10 });
    cache.clear();
    assert.equal(clock.pending.length, 0);
    await clock.advance(100);
    assert.deepEqual(left, []);
    const lazy = createCache<number, number>({ max: 10, ttl: 5, now: clock.nowMs, timers: clock });
    lazy.set(1, 1);
    assert.equal(clock.pending.length, 0);
  });

  test('refuses what is neither true nor false', () => {
    assert.throws(
      () => Reflect.apply(createCache, null, [{ max: 1, ttlAutopurge: 'yes' }]),
      /`ttlAutopurge` to be true or false, got `"yes"`/,
    );
  });
});
