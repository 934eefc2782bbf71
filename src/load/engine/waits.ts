interface Wait {
  readonly condition: () => boolean;
  readonly resolve: () => void;
}

/** Promises of conditions that are looked at again whenever something has changed. */
export class Waits {
  readonly #waits: Wait[] = [];

  /** Resolves as soon as the condition is seen to hold. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      if (condition()) resolve();
      else this.#waits.push({ condition, resolve });
    });
  }

  /** Something has changed. */
  check(): void {
    for (let index = this.#waits.length - 1; index >= 0; index--) {
      const wait = this.#waits[index];
      if (wait === undefined || !wait.condition()) continue;
      this.#waits.splice(index, 1);
      wait.resolve();
    }
  }
}
