/** What stands in a lane knows its place there, so that it can leave from the middle. */
export interface LaneEntry {
  place: number;
  readonly bytes: number;
}

/** Places that are not worth closing up. */
const smallest = 64;

/**
 * A queue in an array: O(1) at both ends and O(1) removal from the middle, which leaves a hole. The ends are never
 * holes; holes in between, and what is left free at the front, go when more than three quarters of the array are so.
 *
 *     place:       5   6   7   8   9
 *     entries: [ . , A , B , - , D , E ]     front 1, offset 4, length 4
 *
 * A lane that is emptied at one go hands over its array and begins another: young, and so without the write barrier
 * that every entry put into an old array costs. With batches of a hundred that is an eighth of an item's time.
 */
export class EntryLane<T extends LaneEntry> {
  #entries: (T | undefined)[] = [];
  /** Index of the first entry; that of the end when there is none. */
  #front = 0;
  /** Of an entry: its place less its index. */
  #offset = 0;
  #length = 0;
  #tidyAt = smallest;

  get length(): number {
    return this.#length;
  }

  get first(): T | undefined {
    return this.#length === 0 ? undefined : this.#entries[this.#front];
  }

  // hot path
  push(entry: T): void {
    if (this.#length === 0) {
      // Not a push into an empty array, which is of another kind to V8 and would make every push a slow one.
      this.#entries = [entry];
      entry.place = this.#offset;
      this.#length = 1;
      return;
    }
    if (this.#entries.length >= this.#tidyAt) this.#tidy();
    entry.place = this.#entries.length + this.#offset;
    this.#entries.push(entry);
    this.#length++;
  }

  unshift(entry: T): void {
    if (this.#front === 0) this.#makeRoomInFront();
    this.#entries[--this.#front] = entry;
    entry.place = this.#front + this.#offset;
    this.#length++;
  }

  /** All entries, in order. */
  takeAll(): T[] {
    const entries = this.#entries;
    const [front, length] = [this.#front, this.#length];
    this.#reset();
    return front === 0 && isWhole(entries, length) ? entries : entries.filter((entry) => entry !== undefined);
  }

  /**
   * Move entries from the front to `batch`, until it has `count` or the next would be more than `roomBytes`; an empty
   * batch takes its first whatever its size. Returns the bytes moved.
   */
  // hot path
  moveTo(batch: T[], count: number, roomBytes: number): number {
    const entries = this.#entries;
    let bytes = 0;
    while (this.#length > 0 && batch.length < count) {
      const entry = entries[this.#front];
      // A hole: the first is none, but those that follow may be.
      if (entry !== undefined) {
        const entryBytes = entry.bytes;
        if (bytes + entryBytes > roomBytes && batch.length > 0) break;
        entries[this.#front] = undefined;
        this.#length--;
        bytes += entryBytes;
        batch.push(entry);
      }
      this.#front++;
    }
    this.#trim();
    return bytes;
  }

  /** The entry must stand in this lane. */
  remove(entry: T): void {
    this.#entries[entry.place - this.#offset] = undefined;
    this.#length--;
    this.#trim();
  }

  *[Symbol.iterator](): Generator<T> {
    for (let index = this.#front; index < this.#entries.length; index++) {
      const entry = this.#entries[index];
      if (entry !== undefined) yield entry;
    }
  }

  #trim(): void {
    if (this.#length === 0) {
      this.#reset();
      return;
    }
    while (this.#entries[this.#front] === undefined) this.#front++;
    while (this.#entries.at(-1) === undefined) this.#entries.pop();
  }

  #reset(): void {
    if (this.#entries.length > 0) this.#entries = [];
    this.#front = 0;
    this.#length = 0;
    this.#tidyAt = smallest;
  }

  /** Close up the array where that halves it at least; then look again when it has doubled. */
  #tidy(): void {
    if (this.#length * 4 <= this.#entries.length) this.#put([...this]);
    this.#tidyAt = Math.max(smallest, this.#entries.length * 2);
  }

  #makeRoomInFront(): void {
    const room = Math.max(smallest, this.#length);
    const entries: (T | undefined)[] = Array.from({ length: room }, () => undefined);
    for (const entry of this.#entries) entries.push(entry);
    this.#entries = entries;
    this.#offset -= room;
    this.#front = room;
    this.#tidyAt = Math.max(this.#tidyAt, entries.length);
  }

  #put(entries: T[]): void {
    for (let index = 0; index < entries.length; index++) entries[index]!.place = index + this.#offset;
    this.#entries = entries;
    this.#front = 0;
  }
}

function isWhole<T>(entries: (T | undefined)[], length: number): entries is T[] {
  return entries.length === length;
}
