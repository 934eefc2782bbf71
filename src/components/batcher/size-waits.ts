interface SizeWait {
  readonly below: number;
  readonly resolve: (after: Promise<void>) => void;
}

/** Those who wait until fewer than a number of items are left. */
export class SizeWaits {
  readonly #waits = new Set<SizeWait>();

  get length(): number {
    return this.#waits.size;
  }

  /** Resolves at once when there are already fewer. */
  wait(below: number, size: number): Promise<void> {
    if (size < below) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waits.add({ below, resolve });
    return promise;
  }

  /** To be called when there are fewer than before. */
  update(size: number): void {
    if (this.#waits.size === 0) return;
    for (const wait of this.#waits) {
      if (size >= wait.below) continue;
      this.#waits.delete(wait);
      // As FlushWaits does, for those whose results these are come first.
      wait.resolve(Promise.resolve());
    }
  }
}
