interface FlushWait {
  /** Items of ticks up to this one are waited for. */
  readonly upTo: number;
  remaining: number;
  readonly resolve: (after: Promise<void>) => void;
}

/** Calls of `flush` that wait until every item that was there has settled, in whatever order they do. */
export class FlushWaits {
  readonly #waits = new Set<FlushWait>();

  get length(): number {
    return this.#waits.size;
  }

  /** `unsettled`: how many of the items up to tick `upTo` are not settled yet. */
  wait(upTo: number, unsettled: number): Promise<void> {
    if (unsettled === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waits.add({ upTo, remaining: unsettled, resolve });
    return promise;
  }

  /** To be called once for each item, with the order of its tick. */
  settled(tickOrder: number): void {
    for (const wait of this.#waits) {
      if (tickOrder > wait.upTo || --wait.remaining > 0) continue;
      this.#waits.delete(wait);
      // As late as a rejection comes to the caller of `add` (see BatchEntry.fail), and so after it.
      wait.resolve(Promise.resolve());
    }
  }
}
