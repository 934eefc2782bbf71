import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createCache } from '../../../src/components/cache/index.ts';
import type { CachePolicy } from '../../../src/components/cache/index.ts';
import { createKeySampler } from '../../../src/measure/key-sampler.ts';
import { createRandom } from '../../../src/measure/random.ts';

// Hit counts and ratios of the policies on published traces, against figures that others have published for them.

const folder = new URL('../../../../shared/data/traces/', import.meta.url);
const skip = existsSync(folder) ? false : 'the folder ../shared/data/traces is not there';
const capacities = [250, 500, 750, 1000, 1250, 1500, 1750, 2000];

const published = {
  oltp: {
    lruHits: [150_591, 214_325, 258_527, 300_122, 331_009, 353_738, 372_863, 388_235],
    caffeine: [24.88, 33.73, 37.46, 40.01, 42.28, 43.8, 45.06, 46.09],
    bestInJavaScript: [19.55, 29.48, 34.71, 37.75, 40.07, 41.75, 43.26, 44.59],
    optimal: [38.47, 46.43, 50.67, 53.62, 55.84, 57.62, 59.13, 60.4],
  },
  gli: {
    lruHits: [55, 57, 69, 674, 1278, 2199, 2709, 3453],
    caffeine: [15.15, 33.08, 43.11, 50.57, 51.87, 53.57, 55.61, 57.96],
    bestInJavaScript: null,
    optimal: [17.71, 34.33, 46.13, 53.15, 57.31, 57.96, 57.96, 57.96],
  },
} as const;

for (const [name, figures] of Object.entries(published)) {
  describe(`the published trace ${name}`, { skip }, () => {
    const keys = skip === false ? readTrace(name) : [];

    test('LRU has exactly the hits that any LRU has', () => {
      assert.deepEqual(
        capacities.map((max) => replay('lru', max, keys).hits),
        [...figures.lruHits],
      );
    });

    test('W-TinyLFU comes within a point of Caffeine, or goes beyond, and never beyond the optimum', () => {
      for (const [index, max] of capacities.entries()) {
        const percent = replay('w-tinylfu', max, keys).hitRatio * 100;
        const caffeine = figures.caffeine[index] ?? NaN;
        assert.ok(percent >= caffeine - 1, `${percent.toFixed(2)} against ${caffeine} at ${max}`);
        assert.ok(percent <= (figures.optimal[index] ?? NaN) + 0.01, `${percent.toFixed(2)} at ${max}`);
        if (figures.bestInJavaScript !== null) assert.ok(percent > (figures.bestInJavaScript[index] ?? NaN));
      }
    });

    test('no policy hits more than the optimum', () => {
      for (const policy of policies()) {
        for (const [index, max] of [capacities[1] ?? 0, capacities[7] ?? 0].entries()) {
          const percent = replay(policy, max, keys).hitRatio * 100;
          assert.ok(percent <= (figures.optimal[index === 0 ? 1 : 7] ?? NaN) + 0.01, `${policy}: ${percent}`);
        }
      }
    });
  });
}

describe('a cycle longer than the cache', () => {
  const cycle = Array.from({ length: 100_000 }, (_, index) => index % 1011);

  test('never hits with LRU and SIEVE', () => {
    for (const policy of ['lru', 'sieve'] as const) {
      for (const max of [256, 512, 1010]) assert.equal(replay(policy, max, cycle).hits, 0);
    }
  });

  test('hits nearly as often as is possible with W-TinyLFU', () => {
    for (const max of [256, 512, 1000]) {
      const { hitRatio } = replay('w-tinylfu', max, cycle);
      assert.ok(hitRatio > 0.8 * ((max - 1) / 1010), `${hitRatio} at ${max}`);
      assert.ok(hitRatio <= (max - 1) / 1010, `${hitRatio} at ${max}`);
    }
  });

  test('always hits after the first round when it fits', () => {
    for (const policy of policies())
      assert.equal(replay(policy, 1011, cycle).hits, cycle.length - 1011, policy);
  });
});

describe('seeded traces', () => {
  const zipf = (seed: number, exponent: number, length: number): number[] => {
    const next = createKeySampler({ kind: 'zipf', exponent }, 50_000, createRandom(seed));
    return Array.from({ length }, () => next());
  };
  let once = 1e6;
  const traces: Readonly<Record<string, number[]>> = {
    zipf: zipf(1, 0.99, 200_000),
    scans: zipf(2, 0.9, 200_000).flatMap((key, index) =>
      index % 8000 === 7999 ? [key, ...Array.from({ length: 2000 }, () => once++)] : [key],
    ),
    shifting: Array.from({ length: 8 }, (_, phase) =>
      zipf(10 + phase, 0.99, 30_000).map((key) => (key + phase * 5000) % 50_000),
    ).flat(),
  };

  for (const [name, keys] of Object.entries(traces)) {
    test(`W-TinyLFU is at least 0.98 of the better of LRU and LFU: ${name}`, () => {
      for (const max of [500, 1000, 2000]) {
        const adaptive = replay('w-tinylfu', max, keys).hitRatio;
        const best = Math.max(replay('lru', max, keys).hitRatio, replay('lfu', max, keys).hitRatio);
        assert.ok(adaptive >= 0.98 * best, `${adaptive} of ${best} at ${max}`);
      }
    });
  }

  test('a scan does not push out what is popular, but with LRU', () => {
    const hot = Array.from({ length: 20_000 }, (_, index) => index % 400);
    const scan = Array.from({ length: 5_000 }, (_, index) => 1e7 + index);
    const hitsAfter = (policy: CachePolicy): number => {
      const cache = createCache<number, true>({ policy, max: 500 });
      for (const key of [...hot, ...scan]) if (cache.get(key) === undefined) cache.set(key, true);
      return Array.from({ length: 400 }, (_, key) => cache.has(key)).filter(Boolean).length;
    };
    assert.equal(hitsAfter('lru'), 0);
    for (const policy of ['lfu', 's3-fifo', 'w-tinylfu'] as const) {
      assert.ok(hitsAfter(policy) >= 380, `${policy}: ${hitsAfter(policy)}`);
    }
  });

  test('what was popular long ago leaves', () => {
    // Not SIEVE: a cycle that does not fit beside old entries never comes round before its hand.
    for (const policy of policies().filter((one) => one !== 'sieve')) {
      const cache = createCache<number, true>({ policy, max: 200 });
      const ask = (key: number): void => {
        if (cache.get(key) === undefined) cache.set(key, true);
      };
      for (let index = 0; index < 100_000; index++) ask(index % 150);
      for (let index = 0; index < 30_000; index++) ask(1000 + (index % 150));
      const held = Array.from({ length: 150 }, (_, index) => cache.has(1000 + index)).filter(Boolean).length;
      assert.ok(held >= 140, `${policy} has ${held} of the 150 keys that are popular now`);
    }
  });
});

function replay(
  policy: CachePolicy,
  max: number,
  keys: readonly number[],
): { hits: number; hitRatio: number } {
  const cache = createCache<number, true>({ policy, max });
  for (const key of keys) if (cache.get(key) === undefined) cache.set(key, true);
  return cache.stats();
}

function policies(): CachePolicy[] {
  return ['lru', 'lfu', 'sieve', 's3-fifo', 'w-tinylfu'];
}

/** First column of every line that starts with an integer. */
function readTrace(name: string): number[] {
  const text = gunzipSync(readFileSync(new URL(`${name}.gz`, folder))).toString('latin1');
  return text
    .split('\n')
    .map((line) => Number.parseInt(line, 10))
    .filter((key) => !Number.isNaN(key));
}
