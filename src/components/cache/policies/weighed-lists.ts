import { grown, SlotLists } from './slot-lists.ts';

/**
 * Slot lists that know which list a slot is in, how often it was used, and how much there is in each list: bytes where
 * bytes are counted, otherwise entries. All O(1) but `grow` and `halveUses`.
 */
export class WeighedLists {
  readonly #lists: SlotLists;
  readonly #isWeighted: boolean;
  /** A byte for each slot: its uses in the upper half, the flag in bit 2, its list (one of four) in the lowest two. */
  #marks = new Uint8Array(0);
  #weight = new Float64Array(0);
  /** Bytes in each list. */
  readonly #weights: Float64Array;
  #totalWeight = 0;
  #entries = 0;

  constructor(lists: number, isWeighted: boolean) {
    this.#lists = new SlotLists(lists);
    this.#isWeighted = isWeighted;
    this.#weights = new Float64Array(lists);
  }

  get entries(): number {
    return this.#entries;
  }

  /** Of all lists, as `size`. */
  get total(): number {
    return this.#isWeighted ? this.#totalWeight : this.#entries;
  }

  /** Bytes where they are counted, otherwise entries. */
  size(list: number): number {
    return this.#isWeighted ? (this.#weights[list] ?? 0) : this.#lists.length(list);
  }

  length(list: number): number {
    return this.#lists.length(list);
  }

  /** -1 when the list is empty; `tail` as well. */
  head(list: number): number {
    return this.#lists.head(list);
  }

  tail(list: number): number {
    return this.#lists.tail(list);
  }

  // hot path
  listOf(slot: number): number {
    return (this.#marks[slot] ?? 0) & 3;
  }

  uses(slot: number): number {
    return (this.#marks[slot] ?? 0) >>> 4;
  }

  /** Count a use, up to `most` (15 at most); 1 if there was room, else 0. Without a branch, for none would be foreseen. */
  // hot path
  addUse(slot: number, most: number): number {
    const mark = this.#marks[slot] ?? 0;
    const added = (mark - (most << 4)) >>> 31;
    this.#marks[slot] = mark + (added << 4);
    return added;
  }

  /** The flag is the policy's own; a slot comes without it. */
  isFlagged(slot: number): boolean {
    return ((this.#marks[slot] ?? 0) & 4) !== 0;
  }

  setFlag(slot: number, isSet: boolean): void {
    this.#marks[slot] = ((this.#marks[slot] ?? 0) & ~4) | (isSet ? 4 : 0);
  }

  /** 0 to 15. */
  setUses(slot: number, uses: number): void {
    this.#marks[slot] = (uses << 4) | ((this.#marks[slot] ?? 0) & 15);
  }

  /** Forget half of every slot's uses. */
  halveUses(): void {
    const words = new Uint32Array(this.#marks.buffer);
    for (let index = 0; index < words.length; index++) {
      const word = words[index] ?? 0;
      words[index] = ((word >>> 1) & 0x7070_7070) | (word & 0x0f0f_0f0f);
    }
  }

  /** 1 where bytes are not counted. */
  weightOf(slot: number): number {
    return this.#weight[slot] ?? 1;
  }

  /** To the head of a list, without uses. Nothing weighs nothing: an entry counts as a byte at least. */
  add(list: number, slot: number, weight: number): void {
    this.#marks[slot] = list;
    this.#lists.push(list, slot);
    this.#entries++;
    if (this.#isWeighted) this.#weigh(slot, Math.max(weight, 1));
  }

  remove(slot: number): void {
    if (this.#isWeighted) this.#weigh(slot, 0);
    this.#lists.remove(this.listOf(slot), slot);
    this.#entries--;
  }

  /** Only where bytes are counted. */
  reweigh(slot: number, weight: number): void {
    this.#weigh(slot, Math.max(weight, 1));
  }

  // hot path
  toHead(list: number, slot: number): void {
    this.#lists.toHead(list, slot);
  }

  /** To the head of another list. */
  // hot path
  move(slot: number, from: number, to: number): void {
    if (this.#isWeighted) {
      const weight = this.weightOf(slot);
      this.#weights[from] = (this.#weights[from] ?? 0) - weight;
      this.#weights[to] = (this.#weights[to] ?? 0) + weight;
    }
    this.#lists.remove(from, slot);
    this.#lists.push(to, slot);
    this.#marks[slot] = ((this.#marks[slot] ?? 0) & ~3) | to;
  }

  grow(capacity: number): void {
    this.#lists.grow(capacity);
    // Whole words, for `halveUses`.
    this.#marks = grown(this.#marks, new Uint8Array((capacity + 3) & ~3));
    if (this.#isWeighted) this.#weight = grown(this.#weight, new Float64Array(capacity));
  }

  clear(): void {
    this.#lists.clear();
    this.#marks = new Uint8Array(0);
    this.#weight = new Float64Array(0);
    this.#weights.fill(0);
    this.#totalWeight = 0;
    this.#entries = 0;
  }

  #weigh(slot: number, weight: number): void {
    const change = weight - (this.#weight[slot] ?? 0);
    const list = this.listOf(slot);
    this.#weight[slot] = weight;
    this.#weights[list] = (this.#weights[list] ?? 0) + change;
    this.#totalWeight += change;
  }
}
