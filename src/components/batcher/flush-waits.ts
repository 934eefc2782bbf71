interface FlushWait {
  /** Items up to this order are waited for. */
  readonly upTo: number;
  remaining: number;
  readonly resolve: () => void;
}

/** Calls of `flush` that wait until every item that was there has settled, in whatever order they do. */
export class FlushWaits {
  readonly #waits = new Set<FlushWait>();

  /** `unsettled`: how many of the items up to `upTo` are not settled yet. */
  wait(upTo: number, unsettled: number): Promise<void> {
    if (unsettled === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waits.add({ upTo, remaining: unsettled, resolve });
    return promise;
  }

  /** To be called once for each item. */
  settled(order: number): void {
    if (this.#waits.size === 0) return;
    for (const wait of this.#waits) {
      if (order > wait.upTo || --wait.remaining > 0) continue;
      this.#waits.delete(wait);
      wait.resolve();
    }
  }
}
