export interface CachePeer {
  get(key: string): number | undefined;
  set(key: string, value: number): unknown;
}

/** `exact lru`: the one used longest ago goes first, and `max` entries are held. `any order`: values are never wrong, and what fits easily stays. */
export type CacheContract = 'exact lru' | 'any order';

const max = 100;
const steps = 20_000;

/** A cache that answers wrongly is not timed. Throws Error with what it did. */
export function checkCache(create: (max: number) => CachePeer, contract: CacheContract): void {
  checkHalfFull(create(max));
  checkAgainstMap(create(max), contract);
}

function checkHalfFull(cache: CachePeer): void {
  if (cache.get('absent') !== undefined) throw new Error('Wrong answer: a value in an empty cache');
  for (let index = 0; index < max / 2; index++) cache.set(`k${index}`, index);
  cache.set('__proto__', 7);
  for (let index = 0; index < max / 2; index++) {
    const found = cache.get(`k${index}`);
    if (found !== index) throw new Error(`Wrong answer: ${found} under k${index}, which holds ${index}`);
  }
  if (cache.get('__proto__') !== 7) throw new Error('Wrong answer: the key __proto__ is lost');
  cache.set('k1', 1_000);
  if (cache.get('k1') !== 1_000) throw new Error('Wrong answer: an old value after set');
}

/** A seeded mix of get and set on 300 keys, beside a Map whose first entry is the one used longest ago. */
function checkAgainstMap(cache: CachePeer, contract: CacheContract): void {
  const latest = new Map<string, number>();
  const held = new Map<string, number>();
  let state = 12_345;
  for (let step = 0; step < steps; step++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const key = `k${(state >>> 8) % 300}`;
    const expected = held.get(key);
    if (expected !== undefined) held.delete(key);
    if (state >>> 31 === 0) {
      const found = cache.get(key);
      const right = contract === 'exact lru' ? expected : found === undefined ? undefined : latest.get(key);
      if (found !== right)
        throw new Error(`Wrong answer: ${found} under ${key} at step ${step}, not ${right}`);
      if (expected !== undefined) held.set(key, expected);
    } else {
      cache.set(key, step);
      latest.set(key, step);
      held.set(key, step);
      const [oldest] = held.keys();
      if (held.size > max && oldest !== undefined) held.delete(oldest);
    }
  }
}
