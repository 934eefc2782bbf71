import type { Level, LevelEntry } from './level.ts';
import { LevelCounters } from './level-counters.ts';

/** Look-ups of a near level between two that are timed: reading the clock takes long beside them. */
const timedEvery = 16;

interface Tier<V> {
  readonly level: Level<V>;
  readonly counters: LevelCounters;
}

interface CascadeOptions {
  readonly now: () => number;
  readonly onLevelError: ((error: unknown, level: string) => void) | null;
}

/**
 * The levels below L1: the near ones, which answer at once, then the far ones. A level that fails is passed over, and
 * counted and reported; only `write`, `erase` and the like throw, when all levels were tried.
 */
export class Cascade<V> {
  readonly #near: readonly Tier<V>[];
  readonly #far: readonly Tier<V>[];
  readonly #now: () => number;
  readonly #onLevelError: ((error: unknown, level: string) => void) | null;

  constructor(levels: readonly Level<V>[], { now, onLevelError }: CascadeOptions) {
    const tiers = levels.map((level) => ({ level, counters: new LevelCounters(level.name) }));
    const firstFar = tiers.findIndex(({ level }) => !level.isAtOnce);
    this.#near = firstFar < 0 ? tiers : tiers.slice(0, firstFar);
    this.#far = firstFar < 0 ? [] : tiers.slice(firstFar);
    this.#now = now;
    this.#onLevelError = onLevelError;
    checkLevels(levels, firstFar);
  }

  get hasFar(): boolean {
    return this.#far.length > 0;
  }

  get counters(): readonly LevelCounters[] {
    return [...this.#near, ...this.#far].map(({ counters }) => counters);
  }

  // hot path
  findNear(key: string): LevelEntry<V> | undefined {
    for (let index = 0; index < this.#near.length; index++) {
      const tier = this.#near[index];
      const entry = tier === undefined ? undefined : this.#askNear(tier, key);
      if (entry === undefined) continue;
      for (const above of this.#near.slice(0, index)) this.#promoteNear(above, key, entry);
      return entry;
    }
    return undefined;
  }

  /** `mayKeep` is asked when the answer is there: whether it may be put into the levels above. */
  async findFar(key: string, mayKeep: () => boolean): Promise<LevelEntry<V> | undefined> {
    for (const [index, tier] of this.#far.entries()) {
      const entry = await this.#timed(tier, 1, async () => tier.level.get(key));
      if (entry === undefined) continue;
      tier.counters.hits++;
      if (!mayKeep()) return entry;
      for (const above of this.#near) this.#promoteNear(above, key, entry);
      for (const above of this.#far.slice(0, index)) await this.#promoteFar(above, new Map([[key, entry]]));
      return entry;
    }
    return undefined;
  }

  /** One question to each far level, for the keys that those above it do not have. */
  async findManyFar(
    keys: readonly string[],
    mayKeep: (key: string) => boolean,
  ): Promise<Map<string, LevelEntry<V>>> {
    const all = new Map<string, LevelEntry<V>>();
    for (const [index, tier] of this.#far.entries()) {
      const missing = keys.filter((key) => !all.has(key));
      if (missing.length === 0) break;
      const found = await this.#timed(tier, missing.length, async () => tier.level.getMany(missing));
      if (found === undefined || found.size === 0) continue;
      tier.counters.hits += found.size;
      for (const [key, entry] of found) all.set(key, entry);
      const kept = new Map([...found].filter(([key]) => mayKeep(key)));
      for (const above of this.#near) for (const [key, entry] of kept) this.#promoteNear(above, key, entry);
      for (const above of this.#far.slice(0, index)) await this.#promoteFar(above, kept);
    }
    return all;
  }

  /** Into the near levels, at once. */
  keepNear(key: string, entry: LevelEntry<V>): void {
    for (const tier of this.#near) this.#setNear(tier, key, entry);
  }

  eraseNear(keys: readonly string[]): void {
    for (const tier of this.#near) this.#try(tier, () => tier.level.deleteMany(keys));
  }

  /** Into the far levels, in the background: what fails is reported. */
  async fillFar(key: string, entry: LevelEntry<V>): Promise<void> {
    for (const tier of this.#far) {
      try {
        await tier.level.set(key, entry);
      } catch (error) {
        this.#failed(tier, error);
      }
    }
  }

  /** Do something to every far level, from the last to the first; throws what failed, after all were tried. */
  async changeFar(change: (level: Level<V>) => void | Promise<void>): Promise<void> {
    await this.#change(this.#far.toReversed(), change);
  }

  async changeAll(change: (level: Level<V>) => void | Promise<void>): Promise<void> {
    await this.#change([...this.#near, ...this.#far].toReversed(), change);
  }

  async #change(tiers: readonly Tier<V>[], change: (level: Level<V>) => void | Promise<void>): Promise<void> {
    const failures: unknown[] = [];
    for (const { level, counters } of tiers) {
      try {
        await change(level);
      } catch (error) {
        counters.failures++;
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, `${failures.length} cache levels failed`);
  }

  #askNear(tier: Tier<V>, key: string): LevelEntry<V> | undefined {
    const { level, counters } = tier;
    const isTimed = ++counters.lookups % timedEvery === 0;
    const startMs = isTimed ? this.#now() : 0;
    try {
      const entry = level.get(key);
      if (isTimed) counters.latency.record(this.#now() - startMs);
      if (entry instanceof Promise)
        throw new TypeError(`Level ${level.name} is not at once: it gave a promise.`);
      if (entry !== undefined) counters.hits++;
      return entry;
    } catch (error) {
      this.#failed(tier, error);
      return undefined;
    }
  }

  async #timed<T>(tier: Tier<V>, lookups: number, ask: () => Promise<T>): Promise<T | undefined> {
    const startMs = this.#now();
    tier.counters.lookups += lookups;
    try {
      return await ask();
    } catch (error) {
      this.#failed(tier, error);
      return undefined;
    } finally {
      tier.counters.latency.record(this.#now() - startMs);
    }
  }

  #promoteNear(tier: Tier<V>, key: string, entry: LevelEntry<V>): void {
    tier.counters.promotions++;
    this.#setNear(tier, key, entry);
  }

  /** A level that could not take the value must not go on with an older one. */
  #setNear(tier: Tier<V>, key: string, entry: LevelEntry<V>): void {
    try {
      // At once: what would reject throws.
      void tier.level.set(key, entry);
    } catch (error) {
      this.#failed(tier, error);
      this.#try(tier, () => tier.level.deleteMany([key]));
    }
  }

  async #promoteFar(tier: Tier<V>, entries: ReadonlyMap<string, LevelEntry<V>>): Promise<void> {
    tier.counters.promotions += entries.size;
    try {
      await tier.level.setMany(entries);
    } catch (error) {
      this.#failed(tier, error);
    }
  }

  #try(tier: Tier<V>, change: () => unknown): void {
    try {
      change();
    } catch (error) {
      this.#failed(tier, error);
    }
  }

  #failed({ level, counters }: Tier<V>, error: unknown): void {
    counters.failures++;
    this.#onLevelError?.(error, level.name);
  }
}

function checkLevels<V>(levels: readonly Level<V>[], firstFar: number): void {
  const names = new Set(['l1', ...levels.map(({ name }) => name)]);
  if (names.size <= levels.length)
    throw new RangeError('Expected `levels` with names of their own, none of them `l1`.');
  const late = firstFar < 0 ? undefined : levels.slice(firstFar).find(({ isAtOnce }) => isAtOnce);
  if (late !== undefined) {
    throw new RangeError(
      `Expected \`levels\` that answer at once to come first, got \`${late.name}\` after another.`,
    );
  }
}
