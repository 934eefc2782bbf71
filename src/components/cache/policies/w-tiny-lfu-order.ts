import type { EvictionOrder } from '../eviction-order.ts';
import { FrequencySketch } from './frequency-sketch.ts';
import { GhostTable } from './ghost-table.ts';
import { KeyHasher, mixBits } from './key-hasher.ts';
import { SlotLists } from './slot-lists.ts';
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
/** A candidate of this frequency that loses is let in now and then, see `#admits`. */
const warmFrequency = 6;
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
  readonly #lists = new SlotLists(3);
  readonly #hasher = new KeyHasher();
  readonly #sketch = new FrequencySketch();
  readonly #ghosts = new GhostTable();
  readonly #climber = new WindowClimber();
  readonly #weighted: boolean;
  #list = new Uint8Array(0);
  #hash = new Int32Array(0);
  #weight = new Float64Array(0);
  /** Weights of window, probation and protected, and of all. */
  readonly #weights = new Float64Array(3);
  #total = 0;
  #entries = 0;
  #windowShare = firstWindow;
  #hasEvicted = false;
  #jitter = 0x2545_f491;

  constructor({ weighted }: { readonly weighted: boolean }) {
    this.#weighted = weighted;
  }

  // hot path
  touched(slot: number): void {
    this.#sketch.add(this.#hash[slot] ?? 0, this.#entries);
    const list = this.#list[slot] ?? window;
    if (list === probation) this.#transfer(slot, probation, protectedMain);
    else this.#lists.toHead(list, slot);
    if (this.#hasEvicted) {
      if (list === probation) this.#climber.probationHit();
      else if (list === protectedMain) this.#climber.protectedHit();
      this.#climb();
    }
    this.#keepProtectedSmall();
  }

  added(slot: number, key: unknown, weight: number): void {
    const hash = this.#hasher.hash(key);
    this.#hash[slot] = hash;
    this.#list[slot] = window;
    this.#lists.push(window, slot);
    this.#entries++;
    this.#weigh(slot, window, this.#weighted ? Math.max(weight, 1) : 1);
    this.#sketch.add(hash, this.#entries);
    if (this.#hasEvicted) {
      if (this.#ghosts.take(hash, this.#ghostLength())) this.#climber.ghostHit();
      this.#climb();
    }
    this.#keepWindowSmall();
  }

  removed(slot: number): void {
    const list = this.#list[slot] ?? window;
    this.#weigh(slot, list, 0);
    this.#lists.remove(list, slot);
    this.#entries--;
  }

  reweighed(slot: number, weight: number): void {
    this.#weigh(slot, this.#list[slot] ?? window, Math.max(weight, 1));
  }

  victim(byWeight: boolean): number {
    this.#hasEvicted = true;
    const victim = this.#mainVictim();
    const candidate = this.#lists.tail(window);
    if (victim === none) return candidate;
    // The window is full when the newcomer, who is not here yet, would make it larger than its share.
    if (candidate === none || this.#weightIn(window) + 1 <= this.#windowShare * this.#total) return victim;
    if (!this.#admits(candidate, victim, byWeight)) {
      this.#ghosts.add(this.#hash[candidate] ?? 0);
      return candidate;
    }
    this.#transfer(candidate, window, probation);
    return victim;
  }

  grow(capacity: number): void {
    this.#lists.grow(capacity);
    this.#sketch.grow(capacity);
    this.#ghosts.grow(Math.max(fewestGhosts, Math.ceil(ghostShare * capacity)));
    const [list, hash] = [this.#list, this.#hash];
    this.#list = new Uint8Array(capacity);
    this.#hash = new Int32Array(capacity);
    this.#list.set(list);
    this.#hash.set(hash);
    if (!this.#weighted) return;
    const weight = this.#weight;
    this.#weight = new Float64Array(capacity);
    this.#weight.set(weight);
  }

  clear(): void {
    this.#lists.clear();
    this.#sketch.clear();
    this.#ghosts.clear();
    this.#climber.reset();
    this.#list = new Uint8Array(0);
    this.#hash = new Int32Array(0);
    this.#weight = new Float64Array(0);
    this.#weights.fill(0);
    this.#total = 0;
    this.#entries = 0;
    this.#windowShare = firstWindow;
    this.#hasEvicted = false;
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
    const candidateFrequency = this.#sketch.frequency(this.#hash[candidate] ?? 0);
    const victimFrequency = this.#sketch.frequency(this.#hash[victim] ?? 0);
    // Where bytes are short a heavy candidate pushes several like this victim out: compare uses a byte.
    const better = byWeight
      ? candidateFrequency * this.#weightOf(victim) > victimFrequency * this.#weightOf(candidate)
      : candidateFrequency > victimFrequency;
    if (better || candidateFrequency < warmFrequency) return better;
    this.#jitter = mixBits(this.#jitter + 0x9e37_79b9);
    return (this.#jitter & 127) === 0;
  }

  #climb(): void {
    if (!this.#climber.isDue(this.#entries)) return;
    const move = this.#climber.move({
      ghosts: this.#ghostLength(),
      probation: Math.max(1, this.#lists.length(probation)),
      protectedMain: this.#lists.length(protectedMain),
    });
    this.#windowShare = Math.min(largestWindow, Math.max(firstWindow, this.#windowShare + move));
  }

  #ghostLength(): number {
    return Math.max(fewestGhosts, Math.floor(ghostShare * this.#entries));
  }

  #keepWindowSmall(): void {
    const most = Math.max(1, this.#windowShare * this.#total);
    for (let moved = 0; moved < transfersAUse && this.#weightIn(window) > most; moved++) {
      const slot = this.#lists.tail(window);
      if (slot === this.#lists.head(window)) return;
      this.#transfer(slot, window, probation);
    }
  }

  #keepProtectedSmall(): void {
    const most = protectedShare * (1 - this.#windowShare) * this.#total;
    for (let moved = 0; moved < transfersAUse && this.#weightIn(protectedMain) > most; moved++) {
      this.#transfer(this.#lists.tail(protectedMain), protectedMain, probation);
    }
  }

  #transfer(slot: number, from: number, to: number): void {
    const weight = this.#weightOf(slot);
    this.#weights[from] = this.#weightIn(from) - weight;
    this.#weights[to] = this.#weightIn(to) + weight;
    this.#lists.remove(from, slot);
    this.#lists.push(to, slot);
    this.#list[slot] = to;
  }

  #weightOf(slot: number): number {
    return this.#weighted ? (this.#weight[slot] ?? 1) : 1;
  }

  #weigh(slot: number, list: number, weight: number): void {
    let change = weight;
    if (this.#weighted) {
      change -= this.#weight[slot] ?? 0;
      this.#weight[slot] = weight;
    } else if (weight === 0) change = -1;
    this.#weights[list] = this.#weightIn(list) + change;
    this.#total += change;
  }

  #weightIn(list: number): number {
    return this.#weights[list] ?? 0;
  }
}
