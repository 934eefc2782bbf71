const none = -1;

/**
 * Which slot expires next: a binary heap of slots by deadline that also knows where each slot stands, so that a
 * deadline can be changed or dropped from the middle. First O(1), set and remove O(log n), and O(1) to append the
 * latest deadline, which is what one ttl for all makes every `set` of a new key. No timer.
 */
export class ExpiryHeap {
  #heap = new Int32Array(0);
  #deadlineMs = new Float64Array(0);
  #position = new Int32Array(0);
  #length = 0;

  constructor(capacity: number) {
    this.grow(capacity);
  }

  /** The slot with the earliest deadline, -1 when no slot has one. */
  get first(): number {
    return this.#length === 0 ? none : this.#slotAt(0);
  }

  /** When the slot expires; Infinity when never. */
  deadlineMs(slot: number): number {
    // hot path: read on every get of a cache with a ttl
    return this.#positionOf(slot) === none ? Infinity : (this.#deadlineMs[slot] ?? Infinity);
  }

  set(slot: number, deadlineMs: number): void {
    this.#deadlineMs[slot] = deadlineMs;
    let position = this.#positionOf(slot);
    if (position === none) {
      position = this.#length++;
      this.#put(slot, position);
    }
    this.#siftDown(this.#siftUp(position));
  }

  /** Nothing when the slot has no deadline. */
  remove(slot: number): void {
    const position = this.#positionOf(slot);
    if (position === none) return;
    this.#position[slot] = none;
    const last = this.#slotAt(--this.#length);
    if (last === slot) return;
    this.#put(last, position);
    this.#siftDown(this.#siftUp(position));
  }

  grow(capacity: number): void {
    const heap = new Int32Array(capacity);
    const deadlineMs = new Float64Array(capacity);
    const position = new Int32Array(capacity).fill(none);
    heap.set(this.#heap);
    deadlineMs.set(this.#deadlineMs);
    position.set(this.#position);
    this.#heap = heap;
    this.#deadlineMs = deadlineMs;
    this.#position = position;
  }

  #siftUp(start: number): number {
    let position = start;
    const slot = this.#slotAt(start);
    const deadlineMs = this.#deadlineMs[slot] ?? 0;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const above = this.#slotAt(parent);
      if ((this.#deadlineMs[above] ?? 0) <= deadlineMs) break;
      this.#put(above, position);
      position = parent;
    }
    this.#put(slot, position);
    return position;
  }

  #siftDown(start: number): void {
    let position = start;
    const slot = this.#slotAt(start);
    const deadlineMs = this.#deadlineMs[slot] ?? 0;
    for (;;) {
      const child = this.#earlierChild(position);
      if (child === none) break;
      const below = this.#slotAt(child);
      if ((this.#deadlineMs[below] ?? 0) >= deadlineMs) break;
      this.#put(below, position);
      position = child;
    }
    this.#put(slot, position);
  }

  #earlierChild(position: number): number {
    const left = 2 * position + 1;
    const right = left + 1;
    if (left >= this.#length) return none;
    if (right >= this.#length) return left;
    const leftMs = this.#deadlineMs[this.#slotAt(left)] ?? 0;
    const rightMs = this.#deadlineMs[this.#slotAt(right)] ?? 0;
    return rightMs < leftMs ? right : left;
  }

  #put(slot: number, position: number): void {
    this.#heap[position] = slot;
    this.#position[slot] = position;
  }

  #slotAt(position: number): number {
    return this.#heap[position] ?? none;
  }

  #positionOf(slot: number): number {
    return this.#position[slot] ?? none;
  }
}
