import { cachePolicies, createCache } from 'perfkit/cache';
import type { CachePolicy } from 'perfkit/cache';
import { choiceOption, numberOption } from './scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from './scenario-context.ts';
import { createTrace, traceKinds } from './traces.ts';

const policies: readonly CachePolicy[] = ['lru', 'lfu', 'sieve', 's3-fifo', 'w-tinylfu'];

/**
 * Requests of a trace to a read-through cache. Options: policy, trace, max (entries). Beside the hit ratio it reports
 * `against_best`: the policy's hit ratio over one pass of the whole trace from empty, as a share of the better of lru
 * and lfu over the same; a count that no timing can change.
 */
export function createEviction(
  options: Readonly<Record<string, unknown>>,
  { workload, random, keySequence }: ScenarioContext,
): ScenarioSubject {
  const policy = choiceOption(options, 'policy', policies);
  const kind = choiceOption(options, 'trace', traceKinds);
  const max = numberOption(options, 'max', 1_000);
  const trace = createTrace(kind, keySequence(), workload.keys, random);
  const mask = trace.length - 1;
  const cache = cachePolicies[policy]<number, number>({ max });
  let start = cache.stats();
  return {
    operations: {
      // hot path
      request: (index) => {
        const key = trace[index & mask] ?? 0;
        const found = cache.get(key);
        if (found !== undefined) return found;
        cache.set(key, index);
        return index;
      },
    },
    measuring: () => {
      start = cache.stats();
    },
    metrics: () => {
      const { hits, misses } = cache.stats();
      const lookups = hits - start.hits + (misses - start.misses);
      const best = Math.max(replay('lru', max, trace), replay('lfu', max, trace));
      return {
        ...(lookups > 0 ? { hit_ratio: (hits - start.hits) / lookups } : {}),
        against_best: best === 0 ? 1 : replay(policy, max, trace) / best,
      };
    },
  };
}

/** Hits over requests. */
function replay(policy: CachePolicy, max: number, trace: Uint32Array): number {
  const cache = createCache<number, true>({ policy, max });
  for (const key of trace) if (cache.get(key) === undefined) cache.set(key, true);
  return cache.stats().hitRatio;
}
