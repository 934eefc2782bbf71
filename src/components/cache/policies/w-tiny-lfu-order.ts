import type { EvictionOrder } from '../eviction-order.ts';
import { GhostTable } from './ghost-table.ts';
import { mixBits } from './key-hasher.ts';
import { RecentHashes } from './recent-hashes.ts';
import { UseHistory } from './use-history.ts';
import { WeighedLists } from './weighed-lists.ts';
import { WindowClimber } from './window-climber.ts';

const none = -1;
const window = 0;
const probation = 1;
const protectedMain = 2;

/** Of the cache; the window stays within 1 and 99 %. */
const firstWindow = 0.01;
const largestWindow = 0.99;
/** Of the main region. */
const protectedShare = 0.8;
/** Of the cache: how many that left the window last are remembered for the climber, and at least so many. */
const ghostShare = 0.05;
const fewestGhosts = 4;
/** Of more, only every second, fourth, ... 16th key by hash is followed: their hits for each ghost are the same. */
const enoughGhosts = 100;
/** A candidate of this frequency that loses is let in now and then, see `#admits`. */
const warmFrequency = 6;
/** Counts of uses are 4 bits wide. */
const mostUses = 15;
/**
 * Of the cache: how many that left are remembered with their uses, 2 bytes each, and so many more that a small cache
 * knows its keys for longer.
 */
const historyShare = 0.8;
const smallHistory = 1024;
/** Hits that wait, at most. */
const mostHits = 64;
/** Newcomers that wait, at most, and of the cache's ghosts: the climber must not learn of their return too late. */
const mostNewcomers = 32;
const newcomerShare = 1 / 16;
/** Uses for each entry held before all counts are halved; half of them after that, as half of the counts is left. */
const samplePeriod = 10;
const fewestEntries = 16;
/** Uses for each entry held between two moves of the border. */
const climbPeriod = 0.5;
/** Entries that one use may carry over the border, so that a move of the border is spread over many uses. */
const transfersAUse = 4;

/**
 * W-TinyLFU (Einziger, Friedman and Manes, "TinyLFU: A Highly Efficient Cache Admission Policy", ACM ToS 2017), with
 * an adaptive window (see WindowClimber).
 *
 *     newcomers -> window (LRU) -> candidate ─ more frequent? ─> probation -> protected
 *                                     │                             │  <-  (LRU, at most 80 %)
 *                                     └─ no: evicted                └─ victim: evicted
 *
 * An entry that leaves the window stays only if it was used more often than the one it would push out of the main
 * region. All sizes are parts of what the cache holds at the time, in bytes where it counts bytes, so neither bound is
 * needed here and a resize costs nothing.
 *
 * The paper counts uses in a sketch. Here an entry counts its own, and takes the count with it into a history of those
 * that left and back: 3 bytes an entry in place of 17. Measured against a sketch of 20 counters an entry: at most a
 * point of hits fewer on steady loads, 2 where the kind of load changes, 4 to 7 on a cycle of twice the entries; up to
 * 6 more on a cycle that nearly fits.
 */
export class WTinyLfuOrder implements EvictionOrder {
  readonly #lists: WeighedLists;
  readonly #hashes = new RecentHashes();
  readonly #history = new UseHistory();
  readonly #ghosts = new GhostTable();
  readonly #climber = new WindowClimber();
  /** Hits of which the lists do not know yet. */
  readonly #hits = new Int32Array(mostHits);
  #hitCount = 0;
  /** Entries that came of late: what the history knows of them is not looked up yet. */
  readonly #newSlots = new Int32Array(mostNewcomers);
  readonly #newKeys: unknown[] = Array.from({ length: mostNewcomers }, () => undefined);
  #newCount = 0;
  #newLimit = 1;
  /** Nothing; what reads memory ahead of time must look used. */
  #readAhead = 0;
  #windowShare = firstWindow;
  #ghostMask = 0;
  #hasEvicted = false;
  #counted = 0;
  #nextHalving = 0;
  #uses = 0;
  #nextClimb = 0;
  #ghostHits = 0;
  #probationHits = 0;
  #protectedHits = 0;
  /** The last victim of the window. */
  #leaving = none;
  #jitter = 0x2545_f491;

  constructor({ weighted }: { readonly weighted: boolean }) {
    this.#lists = new WeighedLists(3, weighted);
  }

  // hot path
  touched(slot: number): void {
    this.#hits[this.#hitCount] = slot;
    this.#hitCount++;
    if (this.#hitCount === mostHits) this.#applyHits();
  }

  added(slot: number, key: unknown, weight: number): void {
    if (this.#hitCount > 0) this.#applyHits();
    this.#lists.add(window, slot, weight);
    this.#lists.setUses(slot, 1);
    this.#lists.setFlag(slot, true);
    this.#newSlots[this.#newCount] = slot;
    this.#newKeys[this.#newCount] = key;
    this.#newCount++;
    if (this.#newCount >= this.#newLimit) this.#recognize();
    if (!this.#hasEvicted) this.#nextHalving = samplePeriod * Math.max(this.#lists.entries, fewestEntries);
    if (++this.#counted >= this.#nextHalving) this.#halve();
    if (++this.#uses >= this.#nextClimb) this.#climb();
    this.#keepWindowSmall();
    this.#keepProtectedSmall();
  }

  removed(slot: number, key: unknown): void {
    if (this.#hitCount > 0) this.#applyHits();
    this.#recognizeFor(slot);
    const hash = this.#hashes.hash(slot, key);
    this.#history.put(hash, this.#lists.uses(slot));
    if (slot === this.#leaving && ((hash >>> 24) & this.#ghostMask) === 0) this.#ghosts.add(hash);
    this.#leaving = none;
    this.#lists.remove(slot);
  }

  reweighed(slot: number, weight: number): void {
    this.#lists.reweigh(slot, weight);
  }

  victim(byWeight: boolean): number {
    if (this.#hitCount > 0) this.#applyHits();
    this.#hasEvicted = true;
    const victim = this.#mainVictim();
    const candidate = this.#lists.tail(window);
    this.#recognizeFor(candidate);
    this.#recognizeFor(victim);
    if (victim === none) return candidate;
    // The window is full when the newcomer, who is not here yet, would make it larger than its share.
    if (candidate === none || this.#lists.size(window) + 1 <= this.#windowShare * this.#lists.total)
      return victim;
    if (!this.#admits(candidate, victim, byWeight)) {
      this.#leaving = candidate;
      return candidate;
    }
    this.#lists.move(candidate, window, probation);
    return victim;
  }

  grow(capacity: number): void {
    this.#lists.grow(capacity);
    this.#hashes.grow(capacity);
    this.#history.grow(historyShare * capacity + Math.min(smallHistory, 4 * capacity));
    const ghosts = Math.max(fewestGhosts, Math.ceil(ghostShare * capacity));
    this.#ghostMask = Math.min(16, 2 ** Math.max(0, Math.floor(Math.log2(ghosts / enoughGhosts)))) - 1;
    this.#ghosts.grow(ghosts / (this.#ghostMask + 1));
  }

  clear(): void {
    this.#newCount = 0;
    this.#newKeys.fill(undefined);
    this.#lists.clear();
    this.#hashes.clear();
    this.#history.clear();
    this.#ghosts.clear();
    this.#climber.reset();
    this.#hitCount = 0;
    this.#windowShare = firstWindow;
    this.#hasEvicted = false;
    this.#counted = 0;
    this.#uses = 0;
    this.#nextClimb = 0;
    this.#ghostHits = 0;
    this.#probationHits = 0;
    this.#protectedHits = 0;
    this.#leaving = none;
  }

  #mainVictim(): number {
    const slot = this.#lists.tail(probation);
    return slot === none ? this.#lists.tail(protectedMain) : slot;
  }

  /**
   * Whether the candidate earns more hits for its room. One in 128 warm losers is let in, so that an attacker who makes
   * a victim look frequent by colliding keys cannot keep everything else out for good.
   */
  #admits(candidate: number, victim: number, byWeight: boolean): boolean {
    const candidateFrequency = this.#lists.uses(candidate);
    const victimFrequency = this.#lists.uses(victim);
    // Where bytes are short a heavy candidate pushes several like this victim out: compare uses a byte.
    const better = byWeight
      ? candidateFrequency * this.#lists.weightOf(victim) > victimFrequency * this.#lists.weightOf(candidate)
      : candidateFrequency > victimFrequency;
    if (better || candidateFrequency < warmFrequency) return better;
    this.#jitter = mixBits(this.#jitter + 0x9e37_79b9);
    return (this.#jitter & 127) === 0;
  }

  /**
   * What the hits of late do to the lists. They are put off until the next entry comes or goes, so that a hit itself is
   * free of branches that depend on the entry: a processor that foresees none of them wrongly is already at the next
   * look-up while it waits for the memory of this one.
   */
  // hot path
  #applyHits(): void {
    const count = this.#hitCount;
    this.#hitCount = 0;
    for (let index = 0; index < count; index++) this.#applyHit(this.#hits[index] ?? 0);
    this.#uses += count;
    if (this.#uses >= this.#nextClimb) this.#climb();
    if (this.#counted >= this.#nextHalving) this.#halve();
  }

  /** Nothing for -1 and for those who were recognized. */
  #recognizeFor(slot: number): void {
    if (slot !== none && this.#lists.isFlagged(slot)) this.#recognize();
  }

  /**
   * Give the newcomers the uses that the history remembers. Several at a time, as the text of a key that was not found
   * is far away in memory: so the processor waits for all of them at once. Measured with keys of 110 characters: 1.15
   * times the get-or-sets a second of hashing each when it comes.
   */
  #recognize(): void {
    const count = this.#newCount;
    this.#newCount = 0;
    this.#readAhead = this.#readKeysAhead(count);
    const ghosts = this.#ghostLength();
    for (let index = 0; index < count; index++) {
      const slot = this.#newSlots[index] ?? 0;
      const hash = this.#hashes.add(slot, this.#newKeys[index]);
      this.#newKeys[index] = undefined;
      this.#lists.setUses(slot, Math.min(mostUses, this.#lists.uses(slot) + this.#history.take(hash)));
      this.#lists.setFlag(slot, false);
      if (((hash >>> 24) & this.#ghostMask) === 0 && this.#ghosts.take(hash, ghosts)) this.#ghostHits++;
    }
  }

  #readKeysAhead(count: number): number {
    let read = this.#readAhead;
    for (let index = 0; index < count; index++) {
      const key = this.#newKeys[index];
      if (typeof key !== 'string' || key.length < 16) continue;
      read ^= key.charCodeAt(key.length >> 1) ^ key.charCodeAt(key.length - 1);
    }
    return read;
  }

  #applyHit(slot: number): void {
    this.#counted += this.#lists.addUse(slot, mostUses);
    const list = this.#lists.listOf(slot);
    if (list === probation) {
      this.#lists.move(slot, probation, protectedMain);
      this.#keepProtectedSmall();
      this.#probationHits++;
    } else {
      this.#lists.toHead(list, slot);
      if (list === protectedMain) this.#protectedHits++;
    }
  }

  #halve(): void {
    this.#lists.halveUses();
    this.#history.halve();
    this.#counted = 0;
    this.#nextHalving = (samplePeriod >> 1) * Math.max(this.#lists.entries, fewestEntries);
  }

  #climb(): void {
    this.#uses = 0;
    this.#newLimit = Math.max(1, Math.min(mostNewcomers, newcomerShare * ghostShare * this.#lists.entries));
    this.#nextClimb = Math.ceil(climbPeriod * this.#lists.entries);
    if (!this.#hasEvicted) return;
    const move = this.#climber.move({
      ghosts: this.#ghostLength(),
      ghostHits: this.#ghostHits,
      probation: Math.max(1, this.#lists.length(probation)),
      probationHits: this.#probationHits,
      protectedMain: this.#lists.length(protectedMain),
      protectedHits: this.#protectedHits,
    });
    this.#ghostHits >>= 1;
    this.#probationHits >>= 1;
    this.#protectedHits >>= 1;
    this.#windowShare = Math.min(largestWindow, Math.max(firstWindow, this.#windowShare + move));
  }

  #ghostLength(): number {
    return Math.max(fewestGhosts, Math.floor((ghostShare * this.#lists.entries) / (this.#ghostMask + 1)));
  }

  #keepWindowSmall(): void {
    const most = Math.max(1, this.#windowShare * this.#lists.total);
    for (let moved = 0; moved < transfersAUse && this.#lists.size(window) > most; moved++) {
      const slot = this.#lists.tail(window);
      if (slot === this.#lists.head(window)) return;
      this.#lists.move(slot, window, probation);
    }
  }

  #keepProtectedSmall(): void {
    const most = protectedShare * (1 - this.#windowShare) * this.#lists.total;
    for (let moved = 0; moved < transfersAUse && this.#lists.size(protectedMain) > most; moved++) {
      this.#lists.move(this.#lists.tail(protectedMain), protectedMain, probation);
    }
  }
}
