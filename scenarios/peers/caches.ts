import { createCache } from 'perfkit/cache';
import { choiceOption, numberOption } from '../patterns/scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from '../patterns/scenario-context.ts';
import { checkCache } from './check-cache.ts';
import type { CacheContract, CachePeer } from './check-cache.ts';
import { importPeer } from './import-peer.ts';
import { createKeys, keyKinds } from './keys.ts';

interface CacheMaker {
  readonly contract: CacheContract;
  readonly create: (max: number) => CachePeer;
}

const names = ['lru', 'adaptive', 'lru-cache', 'quick-lru', 'mnemonist', 'transitory'] as const;
const works = ['get-or-set', 'get', 'set'] as const;

/**
 * A cache of ours or a public one, made to hold `max` entries, with string keys. Options: cache, max, keys (short, long
 * or mixed), work. `get-or-set` looks up and stores what is missing; `get` looks up what is there; `set` stores keys in
 * order, so that each evicts. Whatever a look-up gives is compared with what was stored.
 */
export async function createCacheSubject(
  options: Readonly<Record<string, unknown>>,
  { workload, keySequence }: ScenarioContext,
): Promise<ScenarioSubject> {
  const max = numberOption(options, 'max', 10_000);
  const work = choiceOption(options, 'work', works, 'get-or-set');
  const { create, contract } = await makers[choiceOption(options, 'cache', names)]();
  checkCache(create, contract);
  const keys = createKeys(choiceOption(options, 'keys', keyKinds, 'mixed'), workload.keys);
  const cache = create(max);
  for (let index = 0; index < Math.min(max, keys.length); index++) cache.set(keys[index] ?? '', index);
  return subjectOf(work, cache, keys, keySequence());
}

const makers: Readonly<Record<(typeof names)[number], () => CacheMaker | Promise<CacheMaker>>> = {
  lru: () => ({
    contract: 'exact lru',
    create: (max) => createCache<string, number>({ policy: 'lru', max }),
  }),
  adaptive: () => ({
    contract: 'any order',
    create: (max) => createCache<string, number>({ policy: 'w-tinylfu', max }),
  }),
  'lru-cache': async () => {
    const { LRUCache } = await importPeer('lru-cache', () => import('lru-cache'));
    return { contract: 'exact lru', create: (max) => new LRUCache<string, number>({ max }) };
  },
  'quick-lru': async () => {
    const { default: QuickLRU } = await importPeer('quick-lru', () => import('quick-lru'));
    // Holds up to twice `maxSize`: its order is kept in two generations.
    return { contract: 'any order', create: (max) => new QuickLRU<string, number>({ maxSize: max }) };
  },
  mnemonist: async () => {
    const { LRUMap } = await importPeer('mnemonist', () => import('mnemonist'));
    return { contract: 'exact lru', create: (max) => new LRUMap<string, number>(max) };
  },
  transitory: async () => {
    const { newCache } = await importPeer('transitory', () => import('transitory'));
    return {
      contract: 'any order',
      create: (max) => {
        const cache = newCache<string, number>().maxSize(max).build();
        return {
          get: (key) => cache.getIfPresent(key) ?? undefined,
          set: (key, value) => cache.set(key, value),
        };
      },
    };
  },
};

function subjectOf(
  work: (typeof works)[number],
  cache: CachePeer,
  keys: readonly string[],
  sequence: Uint32Array,
): ScenarioSubject {
  const mask = sequence.length - 1;
  const count = keys.length;
  let hits = 0;
  let misses = 0;
  const operations = {
    // hot path
    'get-or-set': (index: number): number => {
      const which = sequence[index & mask] ?? 0;
      const key = keys[which] ?? '';
      const found = cache.get(key);
      if (found === undefined) {
        misses++;
        cache.set(key, which);
        return which;
      }
      hits++;
      return found === which ? found : wrong(key, found);
    },
    // hot path
    get: (index: number): number => {
      const which = sequence[index & mask] ?? 0;
      const found = cache.get(keys[which] ?? '');
      if (found === undefined) {
        misses++;
        return -1;
      }
      hits++;
      return found === which ? found : wrong(keys[which] ?? '', found);
    },
    // hot path
    set: (index: number): unknown => {
      const which = index % count;
      return cache.set(keys[which] ?? '', which);
    },
  } satisfies Record<(typeof works)[number], (index: number) => unknown>;
  return {
    operations: { [work]: operations[work] },
    measuring: () => {
      hits = 0;
      misses = 0;
    },
    metrics: () => (hits + misses === 0 ? {} : { hit_ratio: hits / (hits + misses) }),
  };
}

function wrong(key: string, found: number): never {
  throw new Error(`Wrong answer: the value of another key, ${found}, under ${key}`);
}
