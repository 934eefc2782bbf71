const firstCapacity = 16;

/**
 * The entries of a cache as parallel arrays over slots, small integers. The arrays grow by doubling and are never
 * larger than twice the most entries there have been, nor than the bound; a freed slot is the next one used again.
 *
 *     keys[slot]  values[slot]  sizes[slot]
 *
 * Sizes exist only where the cache counts bytes.
 */
export class EntrySlots<K, V> {
  readonly #hasSizes: boolean;
  #keys: (K | undefined)[] = [];
  #values: (V | undefined)[] = [];
  #sizes = new Float64Array(0);
  #free: number[] = [];
  #capacity = 0;
  /** Slots that were ever used. */
  #used = 0;
  #bytes = 0;

  constructor({ hasSizes }: { readonly hasSizes: boolean }) {
    this.#hasSizes = hasSizes;
  }

  /** Sum of the sizes. */
  get bytes(): number {
    return this.#bytes;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** A slot that nobody uses. It may be beyond `capacity`, which is then to be grown. */
  free(): number {
    return this.#free.pop() ?? this.#used++;
  }

  /** Room for one slot more at least. Returns the new capacity. */
  grow(most: number): number {
    this.#capacity = Math.max(this.#used, Math.min(most, Math.max(firstCapacity, this.#capacity * 2)));
    // Left to itself an array grows by half of what it has, beyond what is ever needed.
    this.#keys.length = this.#capacity;
    this.#values.length = this.#capacity;
    if (this.#hasSizes) {
      const sizes = new Float64Array(this.#capacity);
      sizes.set(this.#sizes);
      this.#sizes = sizes;
    }
    return this.#capacity;
  }

  /** The slot is free again. */
  release(slot: number): void {
    this.setSize(slot, 0);
    this.#keys[slot] = undefined;
    this.#values[slot] = undefined;
    this.#free.push(slot);
  }

  setKey(slot: number, key: K): void {
    this.#keys[slot] = key;
  }

  setValue(slot: number, value: V): void {
    this.#values[slot] = value;
  }

  /** Nothing where bytes are not counted. */
  setSize(slot: number, size: number): void {
    if (!this.#hasSizes) return;
    this.#bytes += size - (this.#sizes[slot] ?? 0);
    this.#sizes[slot] = size;
  }

  size(slot: number): number {
    return this.#sizes[slot] ?? 0;
  }

  // A used slot holds a K and a V; the arrays' types also allow for the free ones, and `undefined` may itself be a V.
  key(slot: number): K {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return this.#keys[slot] as K;
  }

  value(slot: number): V {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return this.#values[slot] as V;
  }

  clear(): void {
    this.#keys = [];
    this.#values = [];
    this.#sizes = new Float64Array(0);
    this.#free = [];
    this.#capacity = 0;
    this.#used = 0;
    this.#bytes = 0;
  }
}
