/** One waiting arrival: when it was due, its number, its flow, and the phase it belongs to. */
export interface Arrival {
  dueNs: number;
  user: number;
  flow: number;
  phase: number;
}

const firstCapacity = 256;

/**
 * Arrivals that wait for a free connection, oldest first, at most `maxWaiting`. A ring of typed arrays that
 * doubles when it is full, so that a bound of a million costs nothing until it is needed.
 */
export class ArrivalQueue {
  readonly #maxWaiting: number;
  #due = new Float64Array(firstCapacity);
  #user = new Float64Array(firstCapacity);
  #flow = new Uint32Array(firstCapacity);
  #phase = new Uint32Array(firstCapacity);
  #head = 0;
  #length = 0;

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  get length(): number {
    return this.#length;
  }

  /** False when the queue is full. */
  push(dueNs: number, user: number, flow: number, phase: number): boolean {
    // hot path
    if (this.#length >= this.#maxWaiting) return false;
    if (this.#length === this.#due.length) this.#grow();
    const slot = (this.#head + this.#length) % this.#due.length;
    this.#due[slot] = dueNs;
    this.#user[slot] = user;
    this.#flow[slot] = flow;
    this.#phase[slot] = phase;
    this.#length++;
    return true;
  }

  /** Move the oldest arrival into `into`; false when none waits. */
  shift(into: Arrival): boolean {
    // hot path
    if (this.#length === 0) return false;
    into.dueNs = this.#due[this.#head] ?? 0;
    into.user = this.#user[this.#head] ?? 0;
    into.flow = this.#flow[this.#head] ?? 0;
    into.phase = this.#phase[this.#head] ?? 0;
    this.#head = (this.#head + 1) % this.#due.length;
    this.#length--;
    return true;
  }

  #grow(): void {
    const old = this.#due.length;
    const order = Uint32Array.from({ length: old }, (_, index) => (this.#head + index) % old);
    const due = new Float64Array(old * 2);
    const user = new Float64Array(old * 2);
    const flow = new Uint32Array(old * 2);
    const phase = new Uint32Array(old * 2);
    order.forEach((from, to) => {
      due[to] = this.#due[from] ?? 0;
      user[to] = this.#user[from] ?? 0;
      flow[to] = this.#flow[from] ?? 0;
      phase[to] = this.#phase[from] ?? 0;
    });
    this.#due = due;
    this.#user = user;
    this.#flow = flow;
    this.#phase = phase;
    this.#head = 0;
  }
}
