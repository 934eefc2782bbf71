const none = -1;

/**
 * Several doubly linked lists over one set of slots, each slot in at most one of them. The links are typed arrays, so
 * that an entry costs 8 bytes, no object and no write barrier. All O(1) but `grow`. Which list a slot is in is known
 * to the caller.
 *
 *     head = newest <-> slot <-> ... <-> tail = oldest
 */
export class SlotLists {
  #newer = new Int32Array(0);
  #older = new Int32Array(0);
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  readonly #lengths: Int32Array;

  constructor(lists: number) {
    this.#heads = new Int32Array(lists).fill(none);
    this.#tails = new Int32Array(lists).fill(none);
    this.#lengths = new Int32Array(lists);
  }

  /** -1 when the list is empty. */
  tail(list: number): number {
    return this.#tails[list] ?? none;
  }

  head(list: number): number {
    return this.#heads[list] ?? none;
  }

  length(list: number): number {
    return this.#lengths[list] ?? 0;
  }

  /** The neighbour toward the head, -1 at the head. */
  newer(slot: number): number {
    return this.#newer[slot] ?? none;
  }

  // hot path
  push(list: number, slot: number): void {
    const head = this.#heads[list] ?? none;
    this.#newer[slot] = none;
    this.#older[slot] = head;
    if (head === none) this.#tails[list] = slot;
    else this.#newer[head] = slot;
    this.#heads[list] = slot;
    this.#lengths[list] = (this.#lengths[list] ?? 0) + 1;
  }

  // hot path
  remove(list: number, slot: number): void {
    const newer = this.#newer[slot] ?? none;
    const older = this.#older[slot] ?? none;
    if (newer === none) this.#heads[list] = older;
    else this.#older[newer] = older;
    if (older === none) this.#tails[list] = newer;
    else this.#newer[older] = newer;
    this.#lengths[list] = (this.#lengths[list] ?? 0) - 1;
  }

  // hot path
  toHead(list: number, slot: number): void {
    const head = this.#heads[list] ?? none;
    if (slot === head) return;
    const newer = this.#newer[slot] ?? none;
    const older = this.#older[slot] ?? none;
    this.#older[newer] = older;
    if (older === none) this.#tails[list] = newer;
    else this.#newer[older] = newer;
    this.#newer[slot] = none;
    this.#older[slot] = head;
    this.#newer[head] = slot;
    this.#heads[list] = slot;
  }

  /** Put all of `from` on the old end of `to`, in its order. */
  append(from: number, to: number): void {
    if (from === to || this.length(from) === 0) return;
    const [head, tail] = [this.head(from), this.tail(to)];
    this.#newer[head] = tail;
    if (tail === none) this.#heads[to] = head;
    else this.#older[tail] = head;
    this.#tails[to] = this.tail(from);
    this.#lengths[to] = this.length(to) + this.length(from);
    this.#heads[from] = none;
    this.#tails[from] = none;
    this.#lengths[from] = 0;
  }

  grow(capacity: number): void {
    this.#newer = grown(this.#newer, new Int32Array(capacity));
    this.#older = grown(this.#older, new Int32Array(capacity));
  }

  clear(): void {
    this.#newer = new Int32Array(0);
    this.#older = new Int32Array(0);
    this.#heads.fill(none);
    this.#tails.fill(none);
    this.#lengths.fill(0);
  }
}

/** A longer array that begins with what the shorter one has. */
export function grown<A extends TypedArray>(shorter: A, longer: A): A {
  longer.set(shorter);
  return longer;
}

type TypedArray = (Uint8Array | Uint16Array | Int32Array | Float64Array) & {
  set(from: ArrayLike<number>): void;
};
