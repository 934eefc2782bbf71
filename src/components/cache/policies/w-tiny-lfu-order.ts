import type { EvictionOrder } from '../eviction-order.ts';
import { FrequencySketch } from './frequency-sketch.ts';
import { GhostTable } from './ghost-table.ts';
import { KeyHasher, mixBits } from './key-hasher.ts';
import { grown } from './slot-lists.ts';
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
/** The sketch's counters are 4 bits wide. */
const mostUses = 15;
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
 * An entry that leaves the window stays only if it was used more often, as the sketch remembers it, than the one it
 * would push out of the main region. All sizes are parts of what the cache holds at the time, in bytes where it counts
 * bytes, so neither bound is needed here and a resize costs nothing.
 */
export class WTinyLfuOrder implements EvictionOrder {
  readonly #lists: WeighedLists;
  readonly #hasher = new KeyHasher();
  readonly #sketch = new FrequencySketch();
  readonly #ghosts = new GhostTable();
  readonly #climber = new WindowClimber();
  #hash = new Int32Array(0);
  /** Uses since the sketch was told: the count in the low byte, in the next the halving that it is of. */
  #recent = new Uint16Array(0);
  #windowShare = firstWindow;
  #ghostMask = 0;
  #hasEvicted = false;
  #halvings = 0;
  #counted = 0;
  #nextHalving = 0;
  #uses = 0;
  #nextClimb = 0;
  #ghostHits = 0;
  #probationHits = 0;
  #protectedHits = 0;
  /** The main region's last victim and its frequency; -1: none. */
  #knownVictim = none;
  #knownFrequency = 0;
  #jitter = 0x2545_f491;

  constructor({ weighted }: { readonly weighted: boolean }) {
    this.#lists = new WeighedLists(3, weighted);
  }

  // hot path
  touched(slot: number): void {
    this.#count(slot);
    const list = this.#lists.listOf(slot);
    if (list === probation) {
      this.#lists.move(slot, probation, protectedMain);
      this.#keepProtectedSmall();
      this.#probationHits++;
    } else if (list === protectedMain) {
      this.#lists.toHead(protectedMain, slot);
      this.#protectedHits++;
    } else this.#lists.toHead(window, slot);
    if (++this.#uses >= this.#nextClimb) this.#climb();
  }

  added(slot: number, key: unknown, weight: number): void {
    const hash = this.#hasher.hash(key);
    this.#hash[slot] = hash;
    this.#recent[slot] = (this.#halvings << 8) | 1;
    this.#lists.add(window, slot, weight);
    if (!this.#hasEvicted) this.#nextHalving = samplePeriod * Math.max(this.#lists.entries, fewestEntries);
    if (++this.#counted >= this.#nextHalving) this.#halve();
    if (((hash >>> 24) & this.#ghostMask) === 0 && this.#ghosts.take(hash, this.#ghostLength()))
      this.#ghostHits++;
    if (++this.#uses >= this.#nextClimb) this.#climb();
    this.#keepWindowSmall();
    this.#keepProtectedSmall();
  }

  removed(slot: number): void {
    if (slot === this.#knownVictim) this.#knownVictim = none;
    if (((this.#recent[slot] ?? 0) & 255) !== 0) this.#settle(slot);
    this.#lists.remove(slot);
  }

  reweighed(slot: number, weight: number): void {
    this.#lists.reweigh(slot, weight);
  }

  victim(byWeight: boolean): number {
    this.#hasEvicted = true;
    const victim = this.#mainVictim();
    const candidate = this.#lists.tail(window);
    if (victim === none) return candidate;
    // The window is full when the newcomer, who is not here yet, would make it larger than its share.
    if (candidate === none || this.#lists.size(window) + 1 <= this.#windowShare * this.#lists.total)
      return victim;
    if (!this.#admits(candidate, victim, byWeight)) {
      const hash = this.#hash[candidate] ?? 0;
      if (((hash >>> 24) & this.#ghostMask) === 0) this.#ghosts.add(hash);
      return candidate;
    }
    this.#lists.move(candidate, window, probation);
    return victim;
  }

  grow(capacity: number): void {
    this.#lists.grow(capacity);
    this.#sketch.grow(capacity);
    const ghosts = Math.max(fewestGhosts, Math.ceil(ghostShare * capacity));
    this.#ghostMask = Math.min(16, 2 ** Math.max(0, Math.floor(Math.log2(ghosts / enoughGhosts)))) - 1;
    this.#ghosts.grow(ghosts / (this.#ghostMask + 1));
    this.#hash = grown(this.#hash, new Int32Array(capacity));
    this.#recent = grown(this.#recent, new Uint16Array(capacity));
  }

  clear(): void {
    this.#lists.clear();
    this.#sketch.clear();
    this.#ghosts.clear();
    this.#climber.reset();
    this.#hash = new Int32Array(0);
    this.#recent = new Uint16Array(0);
    this.#windowShare = firstWindow;
    this.#hasEvicted = false;
    this.#counted = 0;
    this.#uses = 0;
    this.#nextClimb = 0;
    this.#ghostHits = 0;
    this.#probationHits = 0;
    this.#protectedHits = 0;
    this.#knownVictim = none;
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
    const candidateFrequency = this.#settle(candidate);
    const victimFrequency = this.#victimFrequencyOf(victim);
    // Where bytes are short a heavy candidate pushes several like this victim out: compare uses a byte.
    const better = byWeight
      ? candidateFrequency * this.#lists.weightOf(victim) > victimFrequency * this.#lists.weightOf(candidate)
      : candidateFrequency > victimFrequency;
    if (better || candidateFrequency < warmFrequency) return better;
    this.#jitter = mixBits(this.#jitter + 0x9e37_79b9);
    return (this.#jitter & 127) === 0;
  }

  /** That of a victim which others failed to push out, and that was not used since, is known. */
  #victimFrequencyOf(slot: number): number {
    if (slot !== this.#knownVictim || this.#recent[slot] !== this.#halvings << 8) {
      this.#knownFrequency = this.#settle(slot);
      this.#knownVictim = slot;
    }
    return this.#knownFrequency;
  }

  /**
   * Count a use. What is in the cache counts for itself, one byte read and written; only when it is compared or leaves
   * does the sketch learn of it. Measured: 1.15 times the get-or-sets a second of a sketch that every hit adds to.
   */
  // hot path
  #count(slot: number): void {
    const recent = this.#recent[slot] ?? 0;
    const halvings = (this.#halvings - (recent >> 8)) & 255;
    const uses = halvings > 3 ? 0 : (recent & 255) >> halvings;
    if (uses >= mostUses) {
      if (halvings !== 0) this.#recent[slot] = (this.#halvings << 8) | uses;
      return;
    }
    this.#recent[slot] = (this.#halvings << 8) | (uses + 1);
    if (++this.#counted >= this.#nextHalving) this.#halve();
  }

  /** Put the slot's own uses into the sketch; the estimate with them. */
  #settle(slot: number): number {
    const recent = this.#recent[slot] ?? 0;
    const halvings = (this.#halvings - (recent >> 8)) & 255;
    const uses = halvings > 3 ? 0 : (recent & 255) >> halvings;
    this.#recent[slot] = this.#halvings << 8;
    return this.#sketch.add(this.#hash[slot] ?? 0, uses);
  }

  #halve(): void {
    this.#halvings = (this.#halvings + 1) & 255;
    this.#sketch.halve();
    this.#counted = 0;
    this.#nextHalving = (samplePeriod >> 1) * Math.max(this.#lists.entries, fewestEntries);
  }

  #climb(): void {
    this.#uses = 0;
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
