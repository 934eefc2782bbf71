import type { Turns } from './turns.ts';

/**
 * The turns of a child process, which asks for its first one when it is started and makes its subject meanwhile, beside
 * the others. Its main thread is kept on the core of all when that is done: then other threads are there and stay free.
 */
export class ChildTurns {
  readonly #turns: Turns;
  readonly #pid: number | undefined;
  readonly #go: () => void;
  #next: Promise<void>;
  #ready = false;
  #has = false;
  #ended = false;

  constructor(turns: Turns, pid: number | undefined, go: () => void) {
    this.#turns = turns;
    this.#pid = pid;
    this.#go = go;
    this.#next = turns.take();
  }

  /** It is ready for its first turn, or has passed on the one it had, and is told to go when it has the next one. */
  async passed(): Promise<void> {
    if (this.#has) this.#pass();
    else if (this.#pid !== undefined) await this.#turns.pin(this.#pid);
    if (this.#ended) return;
    this.#setReady();
    await this.#next;
    if (this.#ended) return;
    this.#has = true;
    this.#go();
  }

  /** The process has gone. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#setReady();
    if (this.#has) this.#turns.pass();
    else void this.#next.then(() => this.#turns.pass());
  }

  #setReady(): void {
    if (this.#ready) return;
    this.#ready = true;
    this.#turns.ready();
  }

  #pass(): void {
    this.#has = false;
    this.#turns.pass();
    this.#next = this.#turns.take();
  }
}
