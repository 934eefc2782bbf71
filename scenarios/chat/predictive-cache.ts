import { setImmediate } from 'node:timers/promises';
import { createMultiLevelCache } from 'perfkit/cache';
import type { MultiLevelCache } from 'perfkit/cache';
import { flagOption, numberOption } from '../patterns/scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from '../patterns/scenario-context.ts';

const entries = 500;

/**
 * Look-ups of a table, each of which is followed by its key's usual successor with a likelihood of `followed` per cent, else
 * by a key drawn by the workload's distribution. The cache has room for 500. Option prefetch: it looks up ahead what came
 * after a key before. `hit_gain` is its hit ratio less that of an LRU list that does not, for the same look-ups.
 */
export function createPredictiveCache(
  options: Readonly<Record<string, unknown>>,
  { workload, random, keySequence }: ScenarioContext,
): ScenarioSubject {
  const followed = numberOption(options, 'followed', 70) / 100;
  const drawn = keySequence();
  const successors = Uint32Array.from({ length: workload.keys }, () => random.int(workload.keys));
  const trace = new Uint32Array(drawn.length);
  for (let index = 1; index < trace.length; index++) {
    const usual = successors[trace[index - 1] ?? 0] ?? 0;
    trace[index] = random.next() < followed ? usual : (drawn[index] ?? 0);
  }
  const names = Array.from({ length: workload.keys }, (_, key) => `answer:${key}`);
  const create = (prefetch: boolean): MultiLevelCache<string> =>
    createMultiLevelCache<string>({
      l1: { policy: 'lru', max: entries, sizeOf: () => 1 },
      loader: async (key) => {
        // The table is another process's: its answer comes in a later turn.
        await setImmediate();
        return `${key} of the table`;
      },
      ...(prefetch ? { prefetch: { maxKeys: workload.keys } } : {}),
    });
  const look = async (cache: MultiLevelCache<string>, index: number): Promise<void> => {
    const name = names[trace[index & (trace.length - 1)] ?? 0] ?? '';
    const found = await cache.getOrSet(name);
    if (found !== `${name} of the table`) throw new Error(`Expected the answer ${name}`);
    // What the user does with it takes longer than a look-up ahead.
    await setImmediate();
    await setImmediate();
  };
  const cache = create(flagOption(options, 'prefetch', true));
  let [first, last] = [0, 0];
  let before = cache.stats();
  return {
    operations: {
      lookup(index) {
        last = index;
        return look(cache, index);
      },
    },
    measuring: () => {
      first = last + 1;
      before = cache.stats();
    },
    metrics: () => {
      const { lookups, hits, prefetches, prefetchHits } = cache.stats();
      const asked = Math.max(1, lookups - before.lookups);
      const hitRatio = (hits - before.hits) / asked;
      return {
        hit_ratio: hitRatio,
        hit_gain: hitRatio - plainHitRatio(trace, first, last),
        prefetch_use: (prefetchHits - before.prefetchHits) / Math.max(1, prefetches - before.prefetches),
      };
    },
    close: () => cache.close(),
  };
}

/** Hits of the look-ups from `first` to `last`, after those before them, by an LRU list of as many entries. */
function plainHitRatio(trace: Uint32Array, first: number, last: number): number {
  const kept = new Set<number>();
  let hits = 0;
  for (let index = 0; index <= last; index++) {
    const key = trace[index & (trace.length - 1)] ?? 0;
    if (kept.delete(key) && index >= first) hits++;
    kept.add(key);
    if (kept.size <= entries) continue;
    for (const oldest of kept) {
      kept.delete(oldest);
      break;
    }
  }
  return hits / Math.max(1, last - first + 1);
}
