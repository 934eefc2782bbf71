import { SingleFlight } from '../loading/single-flight.ts';
import type { FlightContext } from '../loading/single-flight.ts';
import type { Cascade } from './cascade.ts';
import type { KeyTurns } from './key-turns.ts';
import type { LevelEntry, MaybePromise } from './level.ts';
import type { LevelLoader } from './multi-level-cache.ts';

export interface Loaded<V> {
  readonly value: V | undefined;
  /** It was in no level. */
  readonly isNew: boolean;
}

export interface LookupFlightsOptions<V> {
  readonly lower: Cascade<V>;
  readonly turns: KeyTurns;
  /** Put what a far level has into L1. */
  readonly onFound: (key: string, entry: LevelEntry<V>) => void;
  /** Put what was loaded into all levels. */
  readonly onLoaded: (key: string, value: V | undefined) => void;
}

/**
 * Look-ups in the far levels, and loads, which begin with one: one of each at a time for a key. What was begun before
 * a change of the cache is not kept after it.
 */
export class LookupFlights<V> {
  readonly #options: LookupFlightsOptions<V>;
  readonly #finding = new SingleFlight<string, LevelEntry<V> | undefined>();
  readonly #loading = new SingleFlight<string, Loaded<V>>();
  #changes = 0;
  #loads = 0;
  #loadFailures = 0;
  #shared = 0;

  constructor(options: LookupFlightsOptions<V>) {
    this.#options = options;
  }

  get counts(): { readonly loads: number; readonly loadFailures: number; readonly shared: number } {
    return { loads: this.#loads, loadFailures: this.#loadFailures, shared: this.#shared };
  }

  isUnderWay(key: string): boolean {
    return this.#loading.has(key) || this.#finding.has(key);
  }

  find(key: string, signal?: AbortSignal): MaybePromise<LevelEntry<V> | undefined> {
    if (this.#finding.has(key)) this.#shared++;
    const { lower, turns, onFound } = this.#options;
    const find = async (flight: FlightContext): Promise<LevelEntry<V> | undefined> => {
      const mayKeep = (): boolean => this.#finding.isCurrent(key, flight) && !turns.isBusy(key);
      const entry = await lower.findFar(key, mayKeep);
      if (entry !== undefined && mayKeep()) onFound(key, entry);
      return entry;
    };
    return this.#finding.join(key, find, signal);
  }

  /** One question to each far level. */
  async findMany(keys: readonly string[]): Promise<ReadonlyMap<string, LevelEntry<V>>> {
    const { lower, turns, onFound } = this.#options;
    const changes = this.#changes;
    const mayKeep = (key: string): boolean => changes === this.#changes && !turns.isBusy(key);
    const found = await lower.findManyFar(keys, mayKeep);
    for (const [key, entry] of found) if (mayKeep(key)) onFound(key, entry);
    return found;
  }

  /** At once when there is no far level and the loader answers so. */
  findOrLoad(key: string, load: LevelLoader<V>, signal?: AbortSignal): MaybePromise<Loaded<V>> {
    if (this.#loading.has(key)) this.#shared++;
    return this.loadAhead(key, load, signal);
  }

  /** The same for nobody in particular: it is not counted as shared. */
  loadAhead(key: string, load: LevelLoader<V>, signal?: AbortSignal): MaybePromise<Loaded<V>> {
    const start = (flight: FlightContext): MaybePromise<Loaded<V>> =>
      this.#options.lower.hasFar ? this.#findThenLoad(key, load, flight) : this.#load(key, load, flight);
    return this.#loading.join(key, start, signal);
  }

  /** What is under way for the key is not kept. */
  forget(key: string): void {
    this.#changes++;
    this.#finding.detach(key);
    this.#loading.detach(key);
  }

  forgetAll(): void {
    this.#changes++;
    this.#finding.detachAll();
    this.#loading.detachAll();
  }

  async #findThenLoad(key: string, load: LevelLoader<V>, flight: FlightContext): Promise<Loaded<V>> {
    const found = await this.find(key, flight.signal);
    return found === undefined ? this.#load(key, load, flight) : { value: found.value, isNew: false };
  }

  #load(key: string, load: LevelLoader<V>, flight: FlightContext): MaybePromise<Loaded<V>> {
    this.#loads++;
    try {
      const value = load(key, flight);
      return isPromiseLike(value) ? this.#untilCome(key, value, flight) : this.#loaded(key, value, flight);
    } catch (error) {
      this.#loadFailures++;
      throw error;
    }
  }

  async #untilCome(
    key: string,
    value: PromiseLike<V | undefined>,
    flight: FlightContext,
  ): Promise<Loaded<V>> {
    try {
      return this.#loaded(key, await value, flight);
    } catch (error) {
      this.#loadFailures++;
      throw error;
    }
  }

  #loaded(key: string, value: V | undefined, flight: FlightContext): Loaded<V> {
    if (this.#loading.isCurrent(key, flight)) this.#options.onLoaded(key, value);
    return { value, isNew: true };
  }
}

function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
