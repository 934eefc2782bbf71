/**
 * What an eviction policy decides, and the seam for another one: which entry goes next. Entries are slots, small
 * integers that are used again; a slot is `added` once, may be `touched` by hits and updates, and is `removed` once,
 * whether evicted, deleted or expired. All are O(1) (amortised), throw nothing and call nobody.
 */
export interface EvictionOrder {
  /** `weight`: its bytes, or 0 in a cache that does not count them. */
  added(slot: number, key: unknown, weight: number): void;
  touched(slot: number): void;
  /** Its bytes have changed; only called where bytes are counted. */
  reweighed(slot: number, weight: number): void;
  removed(slot: number, key: unknown): void;
  /**
   * The slot to evict next, which stays until `removed` says so; the caller always follows with that. Only asked when
   * there is one. `byWeight`: bytes are short, not places, so a heavy entry costs more than a light one.
   */
  victim(byWeight: boolean): number;
  /** Make room for slots below `capacity`, which only grows. */
  grow(capacity: number): void;
  /** Forget every slot, and give the memory back. */
  clear(): void;
}

/** A new order for a cache; `weighted`: it counts bytes. */
export type CreateEvictionOrder = (options: { readonly weighted: boolean }) => EvictionOrder;
