/**
 * What an eviction policy decides, and the seam for another one: which entry goes next. Entries are slots, small
 * integers that are used again; a slot is `added` once, may be `touched` by hits and updates, and is `removed` once,
 * whether evicted, deleted or expired. All are O(1) (amortised), throw nothing and call nobody.
 */
export interface EvictionOrder {
  added(slot: number): void;
  touched(slot: number): void;
  removed(slot: number): void;
  /** The slot to evict next, which stays until `removed` says so. Only asked when there is one. */
  victim(): number;
  /** Make room for slots below `capacity`, which only grows. */
  grow(capacity: number): void;
  /** Forget every slot. */
  clear(): void;
}
