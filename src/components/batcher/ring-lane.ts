/** What stands in a lane knows its place there, so that it can leave from the middle. */
export interface LaneEntry {
  place: number;
  readonly bytes: number;
}

const smallest = 16;

/**
 * A queue in a ring buffer: O(1) at both ends and O(1) removal from the middle, which leaves a hole. The ends are never
 * holes; holes in between go when the ring is full, so that it is never more than four times as large as it needs.
 *
 *     place:      5   6   7   8   9
 *     slots:  [   A   B   -   D   E   .   .   . ]     first 5, end 10, length 4
 */
export class RingLane<T extends LaneEntry> {
  #slots: (T | undefined)[] = Array.from({ length: smallest });
  #first = 0;
  #end = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get first(): T | undefined {
    return this.#length === 0 ? undefined : this.#at(this.#first);
  }

  push(entry: T): void {
    if (this.#end - this.#first === this.#slots.length) this.#resize();
    entry.place = this.#end++;
    this.#slots[entry.place & (this.#slots.length - 1)] = entry;
    this.#length++;
  }

  unshift(entry: T): void {
    if (this.#end - this.#first === this.#slots.length) this.#resize();
    entry.place = --this.#first;
    this.#slots[entry.place & (this.#slots.length - 1)] = entry;
    this.#length++;
  }

  shift(): T | undefined {
    const entry = this.first;
    if (entry !== undefined) this.remove(entry);
    return entry;
  }

  /**
   * Move entries from the front to `batch`, until it has `count` or the next would be more than `roomBytes`; an empty
   * batch takes its first whatever its size. Returns the bytes moved.
   */
  moveTo(batch: T[], count: number, roomBytes: number): number {
    // hot path
    const slots = this.#slots;
    const mask = slots.length - 1;
    let bytes = 0;
    while (this.#length > 0 && batch.length < count) {
      const entry = slots[this.#first & mask];
      // A hole: the first is none, but those that follow may be.
      if (entry !== undefined) {
        if (bytes + entry.bytes > roomBytes && batch.length > 0) break;
        slots[this.#first & mask] = undefined;
        this.#length--;
        bytes += entry.bytes;
        batch.push(entry);
      }
      this.#first++;
    }
    this.#skipHoles();
    return bytes;
  }

  /** The entry must stand in this lane. */
  remove(entry: T): void {
    this.#slots[entry.place & (this.#slots.length - 1)] = undefined;
    this.#length--;
    this.#skipHoles();
  }

  *[Symbol.iterator](): Generator<T> {
    for (let place = this.#first; place < this.#end; place++) {
      const entry = this.#at(place);
      if (entry !== undefined) yield entry;
    }
  }

  #skipHoles(): void {
    if (this.#length === 0) {
      this.#first = this.#end;
      return;
    }
    while (this.#at(this.#first) === undefined) this.#first++;
    while (this.#at(this.#end - 1) === undefined) this.#end--;
  }

  #at(place: number): T | undefined {
    return this.#slots[place & (this.#slots.length - 1)];
  }

  /** Close the holes; twice the room where more than half is taken, half of it where less than an eighth is. */
  #resize(): void {
    const entries = [...this];
    let room = this.#slots.length;
    if (entries.length * 2 > room) room *= 2;
    else if (entries.length * 8 < room && room > smallest) room /= 2;
    this.#slots = Array.from({ length: room });
    this.#first = 0;
    this.#end = entries.length;
    entries.forEach((entry, place) => {
      entry.place = place;
      this.#slots[place] = entry;
    });
  }
}
