import { positiveInteger } from '../../internal/option-checks.ts';
import type { PrefetchOptions } from './multi-level-cache.ts';
import { SuccessorTable } from './successor-table.ts';

/** Prefetched keys that were not asked for yet and are remembered, to count those that were worth it. */
const mostPending = 1_000;

/** Looks up ahead what will probably be asked for next, a few at a time. */
export class Prefetcher {
  readonly #successors: SuccessorTable;
  readonly #concurrency: number;
  /** Brings the key into L1; undefined when it is there or there is no way to. */
  readonly #bring: (key: string) => Promise<unknown> | undefined;
  readonly #pending = new Set<string>();
  #running = 0;
  #started = 0;
  #useful = 0;

  constructor(options: PrefetchOptions, bring: (key: string) => Promise<unknown> | undefined) {
    this.#successors = new SuccessorTable(options.maxKeys ?? 10_000, options.minLead ?? 2);
    this.#concurrency = positiveInteger('prefetch.concurrency', options.concurrency ?? 4);
    this.#bring = bring;
  }

  get started(): number {
    return this.#started;
  }

  get useful(): number {
    return this.#useful;
  }

  /** Note a look-up, and go ahead of the next. */
  onLookup(key: string): void {
    if (this.#pending.delete(key)) this.#useful++;
    const next = this.#successors.follow(key);
    if (next === undefined || this.#running >= this.#concurrency) return;
    const work = this.#bring(next);
    if (work === undefined) return;
    this.#started++;
    this.#remember(next);
    void this.#await(work);
  }

  async #await(work: Promise<unknown>): Promise<void> {
    this.#running++;
    try {
      await work;
    } catch {
      // The failure of a look-up that nobody asked for; who does ask gets its own.
    } finally {
      this.#running--;
    }
  }

  #remember(key: string): void {
    this.#pending.add(key);
    if (this.#pending.size <= mostPending) return;
    for (const oldest of this.#pending) {
      this.#pending.delete(oldest);
      return;
    }
  }
}
