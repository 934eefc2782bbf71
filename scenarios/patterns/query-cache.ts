import { join } from 'node:path';
import { createCache } from 'perfkit/cache';
import type { Cache } from 'perfkit/cache';
import type { Pattern } from 'perfkit/store';
import { decodePattern, mostPatternBytes, writePattern } from './pattern-codec.ts';
import { SlotFile } from './slot-file.ts';
import { withConfidence } from './with-confidence.ts';

/**
 * Where a pattern is kept, in one number, which takes no memory of its own: slot, file, and state. Outdated: the pattern
 * has changed since, and its new state is not here yet.
 */
type Place = number;
const waiting = 0;
const written = 1;
const outdated = 2;

const placeOf = (slot: number, file: number, state: number): Place => (slot << 4) | (file << 2) | state;
const slotOf = (place: Place): number => place >>> 4;
const fileOf = (place: Place): number => (place >>> 2) & 3;
const stateOf = (place: Place): number => place & 3;
const inState = (place: Place, state: number): Place => (place & ~3) | state;

/** Patterns that wait to be written: those which the policy rejects soon are never written. */
const mostWaiting = 128;
/** Keys that are remembered as having come once: twice so many. */
const sightings = 10_000;
/** Longer patterns are left to the database. */
const slotSizes = [1_024, 4_096, 16_384, 65_536] as const;

/**
 * The third level: what was read from the database, in files of slots, and in memory which pattern has which slot
 * (W-TinyLFU decides) and how sure it is, for that changes most often. A hit takes half the time of the search in
 * patterns.db that it saves, and no memory but that. A slot whose pattern has left is written over by the next that gets
 * it, so the files stay as small as the bound.
 */
export class QueryCache {
  readonly #files: readonly SlotFile[];
  readonly #index: Cache<string, Place>;
  readonly #waiting = new Map<string, Pattern>();
  /** By file and slot: what is in a slot may have an older one. */
  readonly #confidences: readonly Float64Array[];
  readonly #max: number;
  #seen = new Set<string>();
  #seenBefore = new Set<string>();
  #failures = 0;

  /** `max`: patterns. Files in the folder are made anew: what is in them does not outlive the process. */
  constructor(folder: string, max: number) {
    this.#max = max;
    this.#files = slotSizes.map((bytes) => new SlotFile(join(folder, `query-cache-${bytes}.tmp`), bytes));
    // One more than there may be: a place is taken before another is given up.
    this.#confidences = slotSizes.map(() => new Float64Array(max + 1));
    this.#index = createCache<string, Place>({
      policy: 'w-tinylfu',
      max,
      onEvict: (place, id, reason) => {
        if (reason === 'set') return;
        this.#files[fileOf(place)]?.release(slotOf(place));
        this.#waiting.delete(id);
      },
    });
  }

  get(id: string): Pattern | undefined {
    const place = this.#index.get(id);
    if (place === undefined || stateOf(place) === outdated) return undefined;
    const confidence = this.#confidenceAt(place);
    if (stateOf(place) === waiting) {
      const pattern = this.#waiting.get(id);
      return pattern?.confidence === confidence ? pattern : pattern && withConfidence(pattern, confidence);
    }
    try {
      const bytes = this.#files[fileOf(place)]?.read(slotOf(place));
      if (bytes === undefined) return undefined;
      const pattern = decodePattern(bytes);
      return { ...pattern, id, confidence, body: new Uint8Array(pattern.body) };
    } catch {
      // As any level it may fail, and is then passed over.
      this.#failed(id);
      return undefined;
    }
  }

  /** As `get`, of the pattern's confidence, for which nothing is read. */
  // hot path
  confidence(id: string): number | undefined {
    const place = this.#index.get(id);
    return place === undefined || stateOf(place) === outdated ? undefined : this.#confidenceAt(place);
  }

  /** Only the confidence of the pattern has changed: whether it is held, and so from now on given with this one. */
  // hot path
  learn(id: string, confidence: number): boolean {
    const place = this.#index.peek(id);
    if (place === undefined || stateOf(place) === outdated) return false;
    this.#confidences[fileOf(place)]![slotOf(place)] = confidence;
    return true;
  }

  /** Whether `get` would find it. */
  has(id: string): boolean {
    const place = this.#index.peek(id);
    return place !== undefined && stateOf(place) !== outdated;
  }

  /** Whether the policy keeps a place for it, be it outdated. */
  knows(id: string): boolean {
    return this.#index.has(id);
  }

  /**
   * Keep a pattern, if it comes again and the policy finds it worth it. What is held of that id already is the same but
   * for its confidence, see `outdate`.
   */
  offer(id: string, pattern: Pattern): void {
    const held = this.#index.peek(id);
    if (held !== undefined && stateOf(held) !== outdated) {
      this.#confidences[fileOf(held)]![slotOf(held)] = pattern.confidence;
      return;
    }
    // Two of three that come to a full cache do not come again soon: they cost less here than in the policy.
    if (held === undefined && this.#index.size >= this.#max && !this.#comesAgain(id)) return;
    const bytes = mostPatternBytes(pattern);
    const file = this.#files.findIndex(({ mostBytes }) => bytes <= mostBytes);
    const kept = this.#files[file];
    const isInPlace = held !== undefined && fileOf(held) === file;
    if (held !== undefined && !isInPlace) this.#index.delete(id);
    if (kept === undefined) return;
    const place = isInPlace ? inState(held, waiting) : placeOf(kept.take(), file, waiting);
    this.#confidences[file]![slotOf(place)] = pattern.confidence;
    this.#index.set(id, place);
    this.#waiting.set(id, pattern);
    if (this.#waiting.size >= mostWaiting) this.write();
  }

  /**
   * More of the pattern than its confidence has changed: it is not given any more, but its place is kept for when the new state comes here. Taking
   * the place away costs 2 points of hit ratio where one operation in ten is a write, for the pattern has to prove itself
   * once more.
   */
  outdate(id: string): void {
    const place = this.#index.peek(id);
    if (place === undefined || stateOf(place) === outdated) return;
    if (stateOf(place) === waiting) this.#waiting.delete(id);
    this.#index.set(id, inState(place, outdated));
  }

  /** What waits, into its slots. */
  write(): void {
    for (const [id, pattern] of this.#waiting) {
      const place = this.#index.peek(id);
      if (place === undefined) continue;
      try {
        this.#files[fileOf(place)]?.write(slotOf(place), (buffer, at) => writePattern(pattern, buffer, at));
        this.#index.set(id, inState(place, written));
      } catch {
        this.#failed(id);
      }
    }
    this.#waiting.clear();
  }

  stats(): { readonly entries: number; readonly failures: number } {
    return { entries: this.#index.size, failures: this.#failures };
  }

  close(): void {
    this.#index.clear();
    for (const file of this.#files) file.close();
  }

  #confidenceAt(place: Place): number {
    return this.#confidences[fileOf(place)]![slotOf(place)]!;
  }

  #comesAgain(id: string): boolean {
    if (this.#seen.has(id) || this.#seenBefore.has(id)) return true;
    this.#seen.add(id);
    if (this.#seen.size >= sightings) {
      this.#seenBefore = this.#seen;
      this.#seen = new Set();
    }
    return false;
  }

  #failed(id: string): void {
    this.#failures++;
    this.#index.delete(id);
  }
}
