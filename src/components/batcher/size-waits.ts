interface SizeWait {
  readonly below: number;
  readonly resolve: () => void;
}

/** Those who wait until fewer than a number of items are left. */
export class SizeWaits {
  readonly #waits = new Set<SizeWait>();

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
      wait.resolve();
    }
  }
}
