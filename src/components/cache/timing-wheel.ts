const none = -1;
const levels = 7;
const bucketsALevel = 64;
/** A power of two, so that whole milliseconds and their binary fractions are exact. */
const ticksAMs = 1024;
const expiredList = levels * bucketsALevel;
const lists = expiredList + 1;
/** Ticks that a bucket of each level spans: 1 µs, 62 µs, 4 ms, 256 ms, 16 s, 17 min and 19 h. */
const spans: readonly number[] = Array.from({ length: levels }, (_, level) => bucketsALevel ** level);

/**
 * Which slots have expired: a hierarchical timing wheel (Varghese and Lauck, SOSP 1987) of seven levels of 64 buckets.
 *
 *     level 0   |.|.|x|.| ...  64 buckets of 1 tick      a slot lies as many levels up as its deadline is far away,
 *     level 1   |.|x|.|.| ...  64 of 64 ticks            and comes down a level when time enters its bucket
 *     ...
 *
 * Set, change and remove are O(1); a slot comes down at most six times in its life. Deadlines are kept on a grid of
 * 1/1024 ms, rounded down: never late, and at most 1 µs early. No timer of its own. Deadlines reach 2^42 ticks, 49
 * days, ahead.
 */
export class TimingWheel {
  readonly #heads = new Int32Array(lists).fill(none);
  /** Slots in each level, and in the list of expired ones. */
  readonly #lengths = new Int32Array(levels + 1);
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  /** 1 + the list that the slot is in; 0: it has no deadline. */
  #list = new Uint16Array(0);
  #deadlineMs = new Float64Array(0);
  #tick: number;

  constructor(capacity: number, nowMs: number) {
    this.#tick = Math.floor(nowMs * ticksAMs);
    this.grow(capacity);
  }

  /** A slot that has expired by the last `advance`, -1 when there is none. */
  get first(): number {
    return this.#heads[expiredList] ?? none;
  }

  /** When the slot expires; Infinity when never. */
  deadlineMs(slot: number): number {
    // hot path: read on every get of a cache with a ttl
    return this.#list[slot] === 0 ? Infinity : (this.#deadlineMs[slot] ?? Infinity);
  }

  set(slot: number, deadlineMs: number): void {
    this.remove(slot);
    this.#deadlineMs[slot] = Math.floor(deadlineMs * ticksAMs) / ticksAMs;
    this.#place(slot);
  }

  /** Nothing when the slot has no deadline. */
  remove(slot: number): void {
    const list = (this.#list[slot] ?? 0) - 1;
    if (list === none) return;
    const next = this.#next[slot] ?? none;
    const previous = this.#previous[slot] ?? none;
    if (next !== none) this.#previous[next] = previous;
    if (previous === none) this.#heads[list] = next;
    else this.#next[previous] = next;
    this.#list[slot] = 0;
    this.#count(list, -1);
  }

  /** Take note of the time; a clock that goes back changes nothing. */
  advance(nowMs: number): void {
    const before = this.#tick;
    const now = Math.floor(nowMs * ticksAMs);
    if (now <= before) return;
    this.#tick = now;
    for (let level = 0; level < levels; level++) {
      const span = spans[level] ?? 1;
      const from = Math.floor(before / span);
      const entered = Math.floor(now / span) - from;
      if (entered === 0) return;
      if (this.#lengths[level] === 0) continue;
      for (let step = 1; step <= Math.min(entered, bucketsALevel); step++) {
        this.#comeDown(level * bucketsALevel + ((from + step) & (bucketsALevel - 1)));
      }
    }
  }

  /** When `advance` has something to do next, at the latest when a slot expires; Infinity without deadlines. */
  nextMs(): number {
    if (this.first !== none) return this.#tick / ticksAMs;
    let nextTick = Infinity;
    for (let level = 0; level < levels; level++) {
      if (this.#lengths[level] === 0) continue;
      const span = spans[level] ?? 1;
      const from = Math.floor(this.#tick / span);
      for (let step = 1; step <= bucketsALevel; step++) {
        if (this.#heads[level * bucketsALevel + ((from + step) & (bucketsALevel - 1))] === none) continue;
        nextTick = Math.min(nextTick, (from + step) * span);
        break;
      }
    }
    return nextTick / ticksAMs;
  }

  grow(capacity: number): void {
    const [next, previous, list, deadlineMs] = [this.#next, this.#previous, this.#list, this.#deadlineMs];
    this.#next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
    this.#list = new Uint16Array(capacity);
    this.#deadlineMs = new Float64Array(capacity);
    this.#next.set(next);
    this.#previous.set(previous);
    this.#list.set(list);
    this.#deadlineMs.set(deadlineMs);
  }

  #comeDown(list: number): void {
    let slot = this.#heads[list] ?? none;
    this.#heads[list] = none;
    while (slot !== none) {
      const next = this.#next[slot] ?? none;
      this.#count(list, -1);
      this.#place(slot);
      slot = next;
    }
  }

  #place(slot: number): void {
    const tick = (this.#deadlineMs[slot] ?? 0) * ticksAMs;
    const list = this.#listFor(tick);
    const head = this.#heads[list] ?? none;
    this.#next[slot] = head;
    this.#previous[slot] = none;
    if (head !== none) this.#previous[head] = slot;
    this.#heads[list] = slot;
    this.#list[slot] = list + 1;
    this.#count(list, 1);
  }

  #listFor(tick: number): number {
    const ahead = tick - this.#tick;
    if (ahead <= 0) return expiredList;
    let level = 0;
    while (level < levels - 1 && ahead >= (spans[level + 1] ?? Infinity)) level++;
    return level * bucketsALevel + (Math.floor(tick / (spans[level] ?? 1)) & (bucketsALevel - 1));
  }

  #count(list: number, change: number): void {
    const level = list >> 6;
    this.#lengths[level] = (this.#lengths[level] ?? 0) + change;
  }
}
