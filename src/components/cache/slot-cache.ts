import type { Cache, CacheBounds, CacheOptions, CacheStats, EvictReason, SetOptions } from './cache.ts';
import { cacheBounds, cacheSettings, entrySize, ttlOption } from './cache-settings.ts';
import type { CacheSettings } from './cache-settings.ts';
import { EntrySlots } from './entry-slots.ts';
import type { CreateEvictionOrder, EvictionOrder } from './eviction-order.ts';
import { Notices } from './notices.ts';
import { PurgeAlarm } from './purge-alarm.ts';
import { TagIndex, tagOption, tagsOption } from './tag-index.ts';
import { TimingWheel } from './timing-wheel.ts';

const none = -1;
/** Expired entries that a `set` clears away beyond those whose room it needs: more than it adds, so they cannot pile up. */
const sweepLimit = 2;
/** Expired entries that one ring of the purge timer clears away, so that it does not hold up the event loop. */
const purgeLimit = 1000;

const noKey: unique symbol = Symbol('no key');

/**
 * Everything about a cache but the order of eviction. An entry is a slot, an index into parallel arrays.
 *
 *     Map: key -> slot      entries: keys, values, sizes      order: links      expiry: deadlines      tags: sets
 *
 * Sizes, deadlines and tags exist only once they are needed.
 */
export class SlotCache<K, V> implements Cache<K, V> {
  readonly #settings: CacheSettings<K, V>;
  readonly #order: EvictionOrder;
  readonly #notices: Notices<K, V> | null;
  readonly #slots = new Map<K, number>();
  readonly #purge: PurgeAlarm | null;
  #max: number;
  #maxSize: number;

  readonly #entries: EntrySlots<K, V>;
  readonly #hasSizes: boolean;
  #expiry: TimingWheel | null = null;
  #tags: TagIndex | null = null;
  /** The key that `get` missed last, if nothing has come since: `set` need not look for it again. */
  #missed: K | typeof noKey = noKey;

  #hits = 0;
  #misses = 0;
  #sets = 0;
  #evictions = 0;
  #expirations = 0;
  #rejected = 0;

  constructor(options: CacheOptions<K, V>, createOrder: CreateEvictionOrder) {
    const settings = cacheSettings(options);
    this.#settings = settings;
    this.#hasSizes = settings.sizeCalculation !== null;
    this.#entries = new EntrySlots({ hasSizes: this.#hasSizes });
    this.#order = createOrder({ weighted: this.#hasSizes });
    this.#max = settings.max;
    this.#maxSize = settings.maxSize;
    this.#purge = settings.ttlAutopurge ? new PurgeAlarm(settings, () => this.#purgeExpired()) : null;
    this.#notices = settings.onEvict === null ? null : new Notices(settings.onEvict);
  }

  get size(): number {
    return this.#slots.size;
  }

  get bytes(): number {
    return this.#entries.bytes;
  }

  // hot path
  get(key: K): V | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) {
      this.#missed = key;
      this.#misses++;
      return undefined;
    }
    if (this.#expiry !== null && this.#expireIfDue(slot)) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    this.#order.touched(slot);
    return this.#entries.value(slot);
  }

  // hot path
  set(key: K, value: V, options?: SetOptions): boolean {
    // Everything that is the user's code (sizeCalculation, now) runs before the first change.
    const { sizeCalculation } = this.#settings;
    const size = sizeCalculation === null ? 0 : entrySize(sizeCalculation(value, key));
    const ttlMs = options?.ttl === undefined ? this.#settings.ttlMs : ttlOption(options.ttl);
    const tags = options?.tags === undefined ? null : tagsOption(options.tags);
    const nowMs = ttlMs > 0 || this.#expiry !== null ? this.#settings.now() : 0;

    const slot = this.#store(key, value, size, ttlMs > 0 ? nowMs + ttlMs : Infinity, nowMs);
    if (slot !== none && (tags !== null || this.#tags !== null)) this.#setTags(slot, tags ?? []);
    this.#notices?.deliver();
    return slot !== none;
  }

  has(key: K): boolean {
    return this.#liveSlot(key) !== none;
  }

  peek(key: K): V | undefined {
    const slot = this.#liveSlot(key);
    return slot === none ? undefined : this.#entries.value(slot);
  }

  delete(key: K): boolean {
    const slot = this.#liveSlot(key);
    if (slot === none) return false;
    this.#remove(slot, 'delete');
    this.#notices?.deliver();
    return true;
  }

  invalidateTag(tag: string): number {
    let removed = 0;
    for (const slot of this.#tags?.slotsOf(tagOption(tag)) ?? []) {
      const isDue = this.#expiry !== null && this.#isDue(slot, this.#settings.now());
      this.#remove(slot, isDue ? 'expire' : 'delete');
      if (!isDue) removed++;
    }
    this.#notices?.deliver();
    return removed;
  }

  clear(): void {
    if (this.#notices !== null) {
      for (const [key, slot] of this.#slots) this.#notices.add(this.#entries.value(slot), key, 'delete');
    }
    this.#slots.clear();
    this.#missed = noKey;
    this.#order.clear();
    this.#entries.clear();
    this.#expiry = null;
    this.#tags = null;
    this.#purge?.clear();
    this.#notices?.deliver();
  }

  resize(bounds: CacheBounds): void {
    const next = cacheBounds(bounds, this.#hasSizes, { max: this.#max, maxSize: this.#maxSize });
    if (this.#expiry !== null) this.#sweep(this.#settings.now(), sweepLimit);
    this.#max = next.max;
    this.#maxSize = next.maxSize;
    while (this.#slots.size > this.#max || this.#entries.bytes > this.#maxSize) this.#evictOne();
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
      if (slot !== none) yield [key, this.#entries.value(slot)];
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
      bytes: this.#entries.bytes,
    };
  }

  /** One consistent step from state to state, told to nobody yet. The slot, -1 when the entry is not kept. */
  #store(key: K, value: V, size: number, deadlineMs: number, nowMs: number): number {
    if (this.#expiry !== null) this.#sweep(nowMs, sweepLimit);
    let slot = key === this.#missed ? none : (this.#slots.get(key) ?? none);
    if (slot !== none && this.#isDue(slot, nowMs)) {
      this.#remove(slot, 'expire');
      slot = none;
    }
    if (size > this.#maxSize || size > this.#settings.maxEntrySize) {
      if (slot !== none) this.#remove(slot, 'set');
      this.#rejected++;
      return none;
    }
    if (slot !== none) {
      this.#noticeReplaced(slot, key, value);
      // An update that others must make room for is put in anew, so that the policy cannot choose the entry itself.
      if (this.#entries.bytes - this.#entries.size(slot) + size > this.#maxSize) {
        this.#unlink(slot);
        slot = none;
      } else {
        this.#order.touched(slot);
        if (this.#hasSizes && this.#entries.size(slot) !== size) this.#order.reweighed(slot, size);
      }
    }
    if (slot === none) {
      while (this.#slots.size >= this.#max || this.#entries.bytes + size > this.#maxSize) this.#evictOne();
      slot = this.#insert(key, size);
    }
    this.#entries.setValue(slot, value);
    this.#entries.setSize(slot, size);
    this.#setDeadline(slot, deadlineMs, nowMs);
    this.#sets++;
    return slot;
  }

  #insert(key: K, size: number): number {
    const slot = this.#entries.free();
    if (slot >= this.#entries.capacity) {
      const capacity = this.#entries.grow(this.#max);
      this.#order.grow(capacity);
      this.#expiry?.grow(capacity);
    }
    this.#slots.set(key, slot);
    this.#missed = noKey;
    this.#entries.setKey(slot, key);
    this.#order.added(slot, key, size);
    return slot;
  }

  #setTags(slot: number, tags: readonly string[]): void {
    this.#tags ??= new TagIndex();
    this.#tags.put(slot, tags);
  }

  #setDeadline(slot: number, deadlineMs: number, nowMs: number): void {
    if (deadlineMs !== Infinity) {
      this.#expiry ??= new TimingWheel(this.#entries.capacity, nowMs);
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
    this.#notices?.add(this.#entries.value(slot), this.#entries.key(slot), reason);
    this.#unlink(slot);
  }

  #unlink(slot: number): void {
    const key = this.#entries.key(slot);
    this.#slots.delete(key);
    this.#order.removed(slot, key);
    this.#expiry?.remove(slot);
    this.#tags?.remove(slot);
    this.#entries.release(slot);
  }

  /** Setting the value that is there already lets nothing go. */
  #noticeReplaced(slot: number, key: K, value: V): void {
    if (this.#notices === null) return;
    const old = this.#entries.value(slot);
    if (!Object.is(old, value)) this.#notices.add(old, key, 'set');
  }
}
