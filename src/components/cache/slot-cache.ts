import type { Cache, CacheBounds, CacheOptions, CacheStats, EvictReason, SetOptions } from './cache.ts';
import { cacheBounds, cacheSettings, entrySize, ttlOption } from './cache-settings.ts';
import type { CacheSettings } from './cache-settings.ts';
import type { CreateEvictionOrder, EvictionOrder } from './eviction-order.ts';
import { Notices } from './notices.ts';
import { PurgeAlarm } from './purge-alarm.ts';
import { TimingWheel } from './timing-wheel.ts';

const none = -1;
const firstCapacity = 16;
/** Expired entries that a `set` clears away beyond those whose room it needs: more than it adds, so they cannot pile up. */
const sweepLimit = 2;
/** Expired entries that one ring of the purge timer clears away, so that it does not hold up the event loop. */
const purgeLimit = 1000;

/**
 * Everything about a cache but the order of eviction. An entry is a slot, an index into parallel arrays that grow by
 * doubling and are never larger than twice the most entries there have been; freed slots are used again.
 *
 *     Map: key -> slot      keys[slot]  values[slot]  sizes[slot]      order: links      expiry: deadlines
 *
 * Sizes and deadlines exist only once they are needed.
 */
export class SlotCache<K, V> implements Cache<K, V> {
  readonly #settings: CacheSettings<K, V>;
  readonly #order: EvictionOrder;
  readonly #notices: Notices<K, V> | null;
  readonly #slots = new Map<K, number>();
  readonly #purge: PurgeAlarm | null;
  #max: number;
  #maxSize: number;

  #keys: (K | undefined)[] = [];
  #values: (V | undefined)[] = [];
  #sizes: Float64Array<ArrayBuffer> | null;
  #expiry: TimingWheel | null = null;
  #free: number[] = [];
  #capacity = 0;

  #bytes = 0;
  #hits = 0;
  #misses = 0;
  #sets = 0;
  #evictions = 0;
  #expirations = 0;
  #rejected = 0;

  constructor(options: CacheOptions<K, V>, createOrder: CreateEvictionOrder) {
    const settings = cacheSettings(options);
    this.#settings = settings;
    this.#order = createOrder({ weighted: settings.sizeCalculation !== null });
    this.#max = settings.max;
    this.#maxSize = settings.maxSize;
    this.#sizes = settings.sizeCalculation === null ? null : new Float64Array(0);
    this.#purge = settings.ttlAutopurge ? new PurgeAlarm(settings, () => this.#purgeExpired()) : null;
    this.#notices = settings.onEvict === null ? null : new Notices(settings.onEvict);
  }

  get size(): number {
    return this.#slots.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  // hot path
  get(key: K): V | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined || (this.#expiry !== null && this.#expireIfDue(slot))) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    this.#order.touched(slot);
    return this.#values[slot];
  }

  // hot path
  set(key: K, value: V, options?: SetOptions): boolean {
    // Everything that is the user's code (sizeCalculation, now) runs before the first change.
    const { sizeCalculation } = this.#settings;
    const size = sizeCalculation === null ? 0 : entrySize(sizeCalculation(value, key));
    const ttlMs = options?.ttl === undefined ? this.#settings.ttlMs : ttlOption(options.ttl);
    const nowMs = ttlMs > 0 || this.#expiry !== null ? this.#settings.now() : 0;

    const kept = this.#store(key, value, size, ttlMs > 0 ? nowMs + ttlMs : Infinity, nowMs);
    this.#notices?.deliver();
    return kept;
  }

  has(key: K): boolean {
    return this.#liveSlot(key) !== none;
  }

  peek(key: K): V | undefined {
    const slot = this.#liveSlot(key);
    return slot === none ? undefined : this.#values[slot];
  }

  delete(key: K): boolean {
    const slot = this.#liveSlot(key);
    if (slot === none) return false;
    this.#remove(slot, 'delete');
    this.#notices?.deliver();
    return true;
  }

  clear(): void {
    if (this.#notices !== null) {
      for (const [key, slot] of this.#slots) this.#notices.add(this.#valueAt(slot), key, 'delete');
    }
    this.#slots.clear();
    this.#order.clear();
    this.#keys = [];
    this.#values = [];
    this.#sizes = this.#sizes === null ? null : new Float64Array(0);
    this.#expiry = null;
    this.#purge?.clear();
    this.#free = [];
    this.#capacity = 0;
    this.#bytes = 0;
    this.#notices?.deliver();
  }

  resize(bounds: CacheBounds): void {
    const next = cacheBounds(bounds, this.#sizes !== null, { max: this.#max, maxSize: this.#maxSize });
    if (this.#expiry !== null) this.#sweep(this.#settings.now(), sweepLimit);
    this.#max = next.max;
    this.#maxSize = next.maxSize;
    while (this.#slots.size > this.#max || this.#bytes > this.#maxSize) this.#evictOne();
    this.#notices?.deliver();
  }

  *keys(): IterableIterator<K> {
    for (const key of this.#slots.keys()) {
      if (this.has(key)) yield key;
    }
  }

  *entries(): IterableIterator<[K, V]> {
    for (const key of this.#slots.keys()) {
      const slot = this.#liveSlot(key);
      if (slot !== none) yield [key, this.#valueAt(slot)];
    }
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries();
  }

  stats(): CacheStats {
    const gets = this.#hits + this.#misses;
    return {
      hits: this.#hits,
      misses: this.#misses,
      hitRatio: gets === 0 ? 0 : this.#hits / gets,
      sets: this.#sets,
      evictions: this.#evictions,
      expirations: this.#expirations,
      rejected: this.#rejected,
      entries: this.#slots.size,
      bytes: this.#bytes,
    };
  }

  /** One consistent step from state to state, told to nobody yet. */
  #store(key: K, value: V, size: number, deadlineMs: number, nowMs: number): boolean {
    if (this.#expiry !== null) this.#sweep(nowMs, sweepLimit);
    let slot = this.#slots.get(key) ?? none;
    if (slot !== none && this.#isDue(slot, nowMs)) {
      this.#remove(slot, 'expire');
      slot = none;
    }
    if (size > this.#maxSize || size > this.#settings.maxEntrySize) {
      if (slot !== none) this.#remove(slot, 'set');
      this.#rejected++;
      return false;
    }
    if (slot !== none) {
      this.#noticeReplaced(slot, key, value);
      // An update that others must make room for is put in anew, so that the policy cannot choose the entry itself.
      if (this.#bytes - this.#sizeAt(slot) + size > this.#maxSize) {
        this.#unlink(slot);
        slot = none;
      } else {
        this.#order.touched(slot);
        if (this.#sizes !== null && this.#sizeAt(slot) !== size) this.#order.reweighed(slot, size);
      }
    }
    if (slot === none) {
      while (this.#slots.size >= this.#max || this.#bytes + size > this.#maxSize) this.#evictOne();
      slot = this.#insert(key, size);
    }
    this.#values[slot] = value;
    this.#setSize(slot, size);
    this.#setDeadline(slot, deadlineMs, nowMs);
    this.#sets++;
    return true;
  }

  #insert(key: K, size: number): number {
    const slot = this.#free.pop() ?? this.#keys.length;
    if (slot >= this.#capacity) this.#grow(slot + 1);
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.#order.added(slot, key, size);
    return slot;
  }

  /** By doubling, but not beyond what the bound lets in. */
  #grow(least: number): void {
    this.#capacity = Math.max(least, Math.min(this.#max, Math.max(firstCapacity, this.#capacity * 2)));
    this.#order.grow(this.#capacity);
    this.#expiry?.grow(this.#capacity);
    if (this.#sizes === null) return;
    const sizes = new Float64Array(this.#capacity);
    sizes.set(this.#sizes);
    this.#sizes = sizes;
  }

  #setSize(slot: number, size: number): void {
    if (this.#sizes === null) return;
    this.#bytes += size - (this.#sizes[slot] ?? 0);
    this.#sizes[slot] = size;
  }

  #setDeadline(slot: number, deadlineMs: number, nowMs: number): void {
    if (deadlineMs !== Infinity) {
      this.#expiry ??= new TimingWheel(this.#capacity, nowMs);
      this.#expiry.set(slot, deadlineMs);
      this.#purge?.by(deadlineMs);
    } else this.#expiry?.remove(slot);
  }

  /** What has expired goes first, then whatever the policy says. The wheel knows the time by now. */
  #evictOne(): void {
    const expired = this.#expiry?.first ?? none;
    if (expired !== none) this.#remove(expired, 'expire');
    else this.#remove(this.#order.victim(this.#slots.size < this.#max), 'evict');
  }

  #sweep(nowMs: number, limit: number): void {
    this.#expiry?.advance(nowMs);
    for (let swept = 0; swept < limit; swept++) {
      const slot = this.#expiry?.first ?? none;
      if (slot === none) return;
      this.#remove(slot, 'expire');
    }
  }

  /** Remove some of what has expired, and say when to come again. */
  #purgeExpired(): number {
    this.#sweep(this.#settings.now(), purgeLimit);
    this.#notices?.deliver();
    return this.#expiry?.nextMs() ?? Infinity;
  }

  #liveSlot(key: K): number {
    const slot = this.#slots.get(key);
    return slot === undefined || (this.#expiry !== null && this.#expireIfDue(slot)) ? none : slot;
  }

  #isDue(slot: number, nowMs: number): boolean {
    return this.#expiry !== null && this.#expiry.deadlineMs(slot) <= nowMs;
  }

  /** Remove the slot if its time is over, and say whether it was. */
  #expireIfDue(slot: number): boolean {
    const deadlineMs = this.#expiry?.deadlineMs(slot) ?? Infinity;
    if (deadlineMs === Infinity || deadlineMs > this.#settings.now()) return false;
    this.#remove(slot, 'expire');
    this.#notices?.deliver();
    return true;
  }

  #remove(slot: number, reason: EvictReason): void {
    if (reason === 'evict') this.#evictions++;
    else if (reason === 'expire') this.#expirations++;
    this.#notices?.add(this.#valueAt(slot), this.#keyAt(slot), reason);
    this.#unlink(slot);
  }

  #unlink(slot: number): void {
    this.#slots.delete(this.#keyAt(slot));
    this.#order.removed(slot);
    this.#expiry?.remove(slot);
    this.#setSize(slot, 0);
    this.#keys[slot] = undefined;
    this.#values[slot] = undefined;
    this.#free.push(slot);
  }

  /** Setting the value that is there already lets nothing go. */
  #noticeReplaced(slot: number, key: K, value: V): void {
    if (this.#notices === null) return;
    const old = this.#valueAt(slot);
    if (!Object.is(old, value)) this.#notices.add(old, key, 'set');
  }

  #sizeAt(slot: number): number {
    return this.#sizes?.[slot] ?? 0;
  }

  // A used slot holds a K and a V; the arrays' types also allow for the free ones, and `undefined` may itself be a V.
  #keyAt(slot: number): K {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return this.#keys[slot] as K;
  }

  #valueAt(slot: number): V {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return this.#values[slot] as V;
  }
}
