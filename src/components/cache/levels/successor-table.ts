import { positiveInteger } from '../../internal/option-checks.ts';
import { createCache } from '../cache-policies.ts';
import type { Cache } from '../cache.ts';

interface Successor {
  key: string;
  /** Times that it followed, less the times that another one did. */
  lead: number;
}

/** Lead beyond which a successor is no surer; what was true for long is so forgotten after as many surprises. */
const mostLead = 8;

/**
 * Which key comes after which: an order-1 model of a sequence of look-ups that keeps one successor for each key, by
 * majority vote (Boyer and Moore 1981). Bounded: keys seen longest ago are forgotten.
 */
export class SuccessorTable {
  readonly #successors: Cache<string, Successor>;
  readonly #leastLead: number;
  #last: string | null = null;

  /** `leastLead`: how often a successor must have been right, net, to be given. */
  constructor(maxKeys: number, leastLead: number) {
    this.#successors = createCache({ policy: 'lru', max: positiveInteger('prefetch.maxKeys', maxKeys) });
    this.#leastLead = positiveInteger('prefetch.minLead', leastLead, mostLead);
  }

  /** Note a look-up; the key that is expected next, or undefined. */
  follow(key: string): string | undefined {
    const last = this.#last;
    this.#last = key;
    if (last !== null && last !== key) this.#vote(last, key);
    const next = this.#successors.get(key);
    return next !== undefined && next.lead >= this.#leastLead ? next.key : undefined;
  }

  #vote(key: string, successor: string): void {
    const known = this.#successors.peek(key);
    if (known === undefined) this.#successors.set(key, { key: successor, lead: 1 });
    else if (known.key === successor) known.lead = Math.min(mostLead, known.lead + 1);
    else if (--known.lead <= 0) {
      known.key = successor;
      known.lead = 1;
    }
  }
}
