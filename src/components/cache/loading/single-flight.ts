/** What a load knows of itself, made only as far as it is asked for: most loads need no signal. */
export interface FlightContext {
  /** Aborted when nobody waits for the load any more. */
  readonly signal: AbortSignal;
}

export type FlightWork<V> = (context: FlightContext) => V | PromiseLike<V>;

/**
 * One load for each key at a time, which all who ask meanwhile share. A caller who gives up (by its signal) is
 * rejected with the signal's reason and the others go on; when the last one does, the load's own signal is aborted and
 * the next caller starts anew.
 */
export class SingleFlight<K, V> {
  readonly #flights = new Map<K, Flight<V>>();

  get size(): number {
    return this.#flights.size;
  }

  has(key: K): boolean {
    return this.#flights.has(key);
  }

  /**
   * Start `work`, or join it when it is under way. What `work` returns at once is returned at once; what it throws at
   * once rejects.
   */
  join(key: K, work: FlightWork<V>, signal?: AbortSignal): V | Promise<V> {
    if (signal?.aborted === true) return rejected(signal.reason);
    const underWay = this.#flights.get(key);
    if (underWay !== undefined) return this.#wait(key, underWay, signal);
    const flight = new Flight<V>();
    // Known before the user's code runs: that may ask for the same key again.
    this.#flights.set(key, flight);
    try {
      const result = work(flight);
      if (isPromiseLike(result)) {
        flight.settleWith(this.#untilLanded(key, flight, result));
        return this.#wait(key, flight, signal);
      }
      flight.settleWith(result);
      this.#land(key, flight);
      return result;
    } catch (error) {
      this.#land(key, flight);
      const failure = rejected<V>(error);
      flight.settleWith(failure);
      return failure;
    }
  }

  /** Those who wait get what comes; whoever asks from now on starts a new load. */
  detach(key: K): void {
    this.#flights.delete(key);
  }

  detachAll(): void {
    this.#flights.clear();
  }

  /** Whether the load that was given this context is still the one of its key, so that its result may be kept. */
  isCurrent(key: K, context: FlightContext): boolean {
    return this.#flights.get(key) === context;
  }

  async #untilLanded(key: K, flight: Flight<V>, result: PromiseLike<V>): Promise<V> {
    try {
      return await result;
    } finally {
      this.#land(key, flight);
    }
  }

  #land(key: K, flight: Flight<V>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }

  #wait(key: K, flight: Flight<V>, signal: AbortSignal | undefined): Promise<V> {
    flight.waiting++;
    const result = flight.result();
    if (signal === undefined) return result;
    const { promise, resolve, reject } = Promise.withResolvers<V>();
    const giveUp = (): void => {
      reject(signal.reason);
      if (--flight.waiting > 0) return;
      this.#land(key, flight);
      flight.abort(signal.reason);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    const settled = (): void => signal.removeEventListener('abort', giveUp);
    result.then(settled, settled);
    result.then(resolve, reject);
    return promise;
  }
}

class Flight<V> implements FlightContext {
  #controller: AbortController | null = null;
  #promise: Promise<V> | null = null;
  #resolve: ((value: V | Promise<V>) => void) | null = null;
  /** Callers that still wait; one without a signal never gives up. */
  waiting = 0;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }

  result(): Promise<V> {
    if (this.#promise === null) {
      const { promise, resolve } = Promise.withResolvers<V>();
      this.#promise = promise;
      this.#resolve = resolve;
    }
    return this.#promise;
  }

  settleWith(result: V | Promise<V>): void {
    if (this.#resolve !== null) this.#resolve(result);
    else if (result instanceof Promise) this.#promise = result;
    // Everybody may have given up by the time it fails.
    this.#promise?.catch(() => undefined);
  }
}

function isPromiseLike<V>(value: V | PromiseLike<V>): value is PromiseLike<V> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** An `async` function, for a reason need not be an Error here: it is the user's. */
async function rejected<V>(reason: unknown): Promise<V> {
  throw reason;
}
