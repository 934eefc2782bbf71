/**
 * Makes work for one key run one after another, and that of different keys at the same time. `whole` waits for all
 * keys, and what comes later waits for it.
 */
export class KeyTurns {
  readonly #last = new Map<string, Promise<unknown>>();
  #whole: Promise<unknown> | null = null;

  /** Whether something is under way or waiting for the key. */
  isBusy(key: string): boolean {
    return this.#whole !== null || this.#last.has(key);
  }

  async run(key: string, work: () => Promise<void>): Promise<void> {
    const before = this.#last.get(key) ?? this.#whole;
    const turn = before === null ? work() : before.then(work, work);
    this.#last.set(key, turn);
    try {
      await turn;
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    }
  }

  async whole(work: () => Promise<void>): Promise<void> {
    const turn = this.idle().then(work);
    this.#whole = turn;
    try {
      await turn;
    } finally {
      if (this.#whole === turn) this.#whole = null;
    }
  }

  /** Resolves when all that is under way now is done, well or badly. */
  async idle(): Promise<void> {
    await Promise.allSettled([...this.#last.values(), this.#whole]);
  }
}
