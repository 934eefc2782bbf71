/** Lets several processes go on one at a time, each for a while, in the order in which they asked. */
export class Turns {
  /** How many take part. */
  readonly members: number;
  /** Keeps the main thread of a process on the core of all of them. */
  readonly pin: (pid: number) => Promise<unknown>;
  readonly #waiting: (() => void)[] = [];
  #unready: number;
  #taken = true;

  constructor(members: number, pin: (pid: number) => Promise<unknown>) {
    this.members = members;
    this.pin = pin;
    this.#unready = members;
  }

  /** A member can begin, or has gone before it could: the first turn begins when this was said of all. */
  ready(): void {
    if (--this.#unready === 0) this.pass();
  }

  /** Resolves when it is the turn of whoever asks, which then has to pass it on. */
  take(): Promise<void> {
    if (this.#taken) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#taken = true;
    return Promise.resolve();
  }

  /** The one that has waited longest goes on. */
  pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken = false;
    else next();
  }
}
