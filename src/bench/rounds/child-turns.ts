import type { Turns } from './turns.ts';

/**
 * The turns of a child process, which has the first one when it is started. Its main thread is kept on the core of all
 * from the end of that one on: then the subject is made, and other threads are there and stay free.
 */
export class ChildTurns {
  readonly #turns: Turns;
  readonly #pid: number | undefined;
  readonly #go: () => void;
  #pinned = false;
  #has = true;
  #ended = false;

  constructor(turns: Turns, pid: number | undefined, go: () => void) {
    this.#turns = turns;
    this.#pid = pid;
    this.#go = go;
  }

  /** It has passed its turn on, and is told to go when it has the next one. */
  async passed(): Promise<void> {
    if (!this.#pinned && this.#pid !== undefined) await this.#turns.pin(this.#pid);
    this.#pinned = true;
    if (this.#ended) return;
    this.#has = false;
    this.#turns.pass();
    await this.#turns.take();
    if (this.#ended) return this.#turns.pass();
    this.#has = true;
    this.#go();
  }

  /** The process has gone. */
  end(): void {
    this.#ended = true;
    if (this.#has) this.#turns.pass();
    this.#has = false;
  }
}
