/** Runs writes one after the other, in the order of the calls; at once when none is under way. */
export class WriteQueue {
  #last: Promise<unknown> | null = null;

  /** What `work` gives; its failure does not stop those after it. */
  async run<T>(work: () => T | Promise<T>): Promise<T> {
    const before = this.#last;
    const turn = before === null ? this.#start(work) : this.#after(before, work);
    // Those who come later wait for the end of this one, however it ends.
    const end = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#last = end;
    try {
      return await turn;
    } finally {
      if (this.#last === end) this.#last = null;
    }
  }

  /** When everything called so far has ended. */
  async idle(): Promise<void> {
    await this.#last;
  }

  async #start<T>(work: () => T | Promise<T>): Promise<T> {
    return work();
  }

  async #after<T>(before: Promise<unknown>, work: () => T | Promise<T>): Promise<T> {
    await before;
    return work();
  }
}
