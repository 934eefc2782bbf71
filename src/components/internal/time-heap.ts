interface Timed<T> {
  readonly dueMs: number;
  /** Values of one time keep their order. */
  readonly order: number;
  readonly value: T;
}

/** Values by the time they are due, soonest first: a binary heap, O(log n) to push and to pop. */
export class TimeHeap<T> {
  readonly #heap: Timed<T>[] = [];
  #orders = 0;

  get length(): number {
    return this.#heap.length;
  }

  /** When the soonest is due; Infinity when there is none. */
  get dueMs(): number {
    return this.#heap[0]?.dueMs ?? Infinity;
  }

  push(dueMs: number, value: T): void {
    const added: Timed<T> = { dueMs, order: this.#orders++, value };
    let index = this.#heap.length;
    this.#heap.push(added);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#heap[parentIndex];
      if (parent === undefined || !isBefore(added, parent)) break;
      this.#heap[index] = parent;
      index = parentIndex;
    }
    this.#heap[index] = added;
  }

  /** The soonest value if it is due at `nowMs`, and then it is no longer in the heap. */
  popDue(nowMs: number): { readonly value: T } | null {
    const [top] = this.#heap;
    if (top === undefined || top.dueMs > nowMs) return null;
    const last = this.#heap.pop();
    if (last !== undefined && last !== top) this.#sink(last);
    return top;
  }

  /** Every value, in no order. */
  *values(): Generator<T> {
    for (const { value } of this.#heap) yield value;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #sink(moved: Timed<T>): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const child = this.#smallerChild(left);
      if (child === undefined || isBefore(moved, child)) break;
      this.#heap[index] = child;
      index = child === this.#heap[left] ? left : left + 1;
    }
    this.#heap[index] = moved;
  }

  #smallerChild(left: number): Timed<T> | undefined {
    const [a, b] = [this.#heap[left], this.#heap[left + 1]];
    if (a === undefined || b === undefined) return a;
    return isBefore(b, a) ? b : a;
  }
}

function isBefore<T>(a: Timed<T>, b: Timed<T>): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
