import { grown, SlotLists } from './slot-lists.ts';

/**
 * Slot lists that know which list a slot is in and how much there is in each: bytes where bytes are counted,
 * otherwise entries. All O(1) but `grow`.
 */
export class WeighedLists {
  readonly #lists: SlotLists;
  readonly #isWeighted: boolean;
  #list = new Uint8Array(0);
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
    return this.#list[slot] ?? 0;
  }

  /** 1 where bytes are not counted. */
  weightOf(slot: number): number {
    return this.#weight[slot] ?? 1;
  }

  /** To the head of a list. Nothing weighs nothing: an entry counts as a byte at least. */
  add(list: number, slot: number, weight: number): void {
    this.#list[slot] = list;
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
    this.#list[slot] = to;
  }

  grow(capacity: number): void {
    this.#lists.grow(capacity);
    this.#list = grown(this.#list, new Uint8Array(capacity));
    if (this.#isWeighted) this.#weight = grown(this.#weight, new Float64Array(capacity));
  }

  clear(): void {
    this.#lists.clear();
    this.#list = new Uint8Array(0);
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
