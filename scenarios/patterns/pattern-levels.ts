import { createHistogram } from 'node:perf_hooks';
import type { RecordableHistogram } from 'node:perf_hooks';
import { createCache } from 'perfkit/cache';
import type { Cache } from 'perfkit/cache';
import { createCompressor } from 'perfkit/compressor';
import type { Compressor } from 'perfkit/compressor';
import type { Pattern } from 'perfkit/store';
import { decodePattern, encodePattern } from './pattern-codec.ts';
import { QueryCache } from './query-cache.ts';
import type { SystemSettings } from './system-settings.ts';
import { withConfidence } from './with-confidence.ts';

export interface LevelsStats {
  readonly lookups: number;
  readonly hits: number;
  readonly misses: number;
  readonly hitRatio: number;
  /** Values that were compressed into L2. */
  readonly compressed: number;
  readonly levels: readonly LevelStats[];
}

export interface LevelStats {
  readonly name: 'l1' | 'l2' | 'l3';
  readonly hits: number;
  /** Of all look-ups. */
  readonly share: number;
  readonly entries: number;
  /** As the level counts them; 0 for l3, whose bytes are on disk. */
  readonly bytes: number;
  /** Of a hit. */
  readonly p99Ns: number;
}

/**
 * What L2 keeps: a value that is short, or that is in L1 as well, as it is; others compressed beside their confidence,
 * which may have changed since; or as they are with a note that compressing them was not worth it.
 */
type Kept =
  | Pattern
  | { readonly packed: Uint8Array; readonly confidence: number }
  | { readonly incompressible: Pattern };

/** Where a look-up for an outcome has found a pattern. */
interface Found {
  level: 'l1' | 'l2' | 'l3' | 'none';
  /** What the first two have of it; null in the others. */
  kept: Kept | null;
  /** The pattern, where that needs no work; else null. */
  pattern: Pattern | null;
  /** NaN when no level has it. */
  confidence: number;
}

/** Look-ups of L1 between two that are timed (a power of two): the clock takes as long as the look-up. */
const timedEvery = 64;
/** Of one that reached a lower level. */
const lowerTimedEvery = 16;
/**
 * Of those that L1 lets go of and L3 knows, one in so many (a power of two) gets into a full L2. What is asked for often
 * gets its turn soon, so L2 has the same hits as if all did, with an eighth of the changes, each of which is a value of a
 * kilobyte that V8 finds dead only in its next large collection. The bimodal insertion of Qureshi and others, "Adaptive
 * Insertion Policies for High Performance Caching", ISCA 2007.
 */
const promotedEvery = 8;
/** What must be left of a value for it to be kept compressed. */
const worthwhileRatio = 0.95;

/**
 * Three levels of cache, each holding what the one above could not keep.
 *
 *     found below ─> L1 values ── evicted ──> L2 values, compressed from 1 KiB ── evicted ──> L3 on disk
 *
 * A pattern enters a level only when the one above lets go of it. So what is hot in one level leaves the next to others:
 * the levels hold hardly anything twice, and 31,000 patterns in all. A change is made in L1, where L2 has the pattern
 * also there, and L3 is told that what it has is outdated. A mere change of confidence is made in place, in the highest level
 * that has the pattern: *a copy below another is the same but for its confidence*, and gets that too when the level above
 * lets go of its own, for whatever reason. So the first level that has a pattern gives its latest state.
 */
export class PatternLevels {
  readonly #l1: Cache<string, Pattern>;
  readonly #l2: Cache<string, Kept>;
  readonly #l3: QueryCache;
  readonly #compressor: Compressor = createCompressor({ codec: 'deflate-raw', level: 1 });
  readonly #settings: SystemSettings;
  readonly #latency = { l1: latencies(), l2: latencies(), l3: latencies() };
  readonly #hits = new Float64Array(3);
  readonly #found: Found = { level: 'none', kept: null, pattern: null, confidence: NaN };
  #lookups = 0;
  #lowerLookups = 0;
  #compressed = 0;
  #candidates = 0;

  /** `now`: for the time to live in L2, in milliseconds. */
  constructor(settings: SystemSettings, now = (): number => performance.now()) {
    this.#settings = settings;
    this.#l1 = createCache<string, Pattern>({
      policy: 'w-tinylfu',
      max: settings.l1Entries,
      maxSize: settings.l1Bytes,
      sizeCalculation: sizeOf,
      onEvict: (pattern, id, reason) => {
        if (reason === 'evict') this.#demote(id, pattern);
      },
    });
    this.#l2 = createCache<string, Kept>({
      // Behind L1, whose hits it does not see, frequencies tell little: 89.5 % of look-ups are then hits of some level,
      // with W-TinyLFU 88.1 % (simulated, Zipf 0.99).
      policy: 'sieve',
      max: settings.l2Entries,
      maxSize: settings.l2Bytes,
      ttl: settings.l2TtlMs,
      now,
      sizeCalculation: keptBytes,
      onEvict: (value, id, reason) => {
        if (reason === 'set' || this.#l1.has(id)) return;
        // Also when its time is over: what is below may be older.
        if (this.#l3.learn(id, confidenceOf(value))) return;
        if (reason === 'evict') this.#l3.offer(id, this.#unpack(value));
      },
    });
    this.#l3 = new QueryCache(settings.folder, settings.l3Entries);
  }

  // hot path: a hit of L1 allocates nothing
  get(id: string): Pattern | undefined {
    if ((++this.#lookups & (timedEvery - 1)) === 0) return this.#getTimed(id);
    const held = this.#l1.get(id);
    if (held === undefined) return this.#getBelow(id);
    this.#hits[0]!++;
    return held;
  }

  /**
   * As `get`, for an outcome: what is found below L1 is neither brought up nor unpacked. What this gives is good until the
   * next call of anything here.
   */
  // hot path
  find(id: string): Readonly<Found> {
    this.#lookups++;
    const found = this.#found;
    const first = this.#l1.get(id);
    if (first !== undefined) return this.#foundIn('l1', first);
    const kept = this.#l2.get(id);
    if (kept !== undefined) return this.#foundIn('l2', kept);
    const confidence = this.#l3.confidence(id);
    if (confidence !== undefined) this.#hits[2]!++;
    found.level = confidence === undefined ? 'none' : 'l3';
    found.kept = null;
    found.pattern = null;
    found.confidence = confidence ?? NaN;
    return found;
  }

  /**
   * The confidence of a pattern that `find` has found just now is now this one, in the place where it is: the look-up has
   * counted as a use already. One that no level has stays out.
   */
  // hot path: nothing is allocated
  learn(id: string, { level, kept }: Readonly<Found>, confidence: number): void {
    if (kept !== null) setConfidence(kept, confidence);
    else if (level === 'l3') this.#l3.learn(id, confidence);
  }

  /** A pattern as it is in the database, which no level had. */
  load(id: string, pattern: Pattern): void {
    if (!this.#l1.set(id, pattern)) this.#demote(id, pattern);
  }

  /** A new state: from now on it is what every level gives. */
  change(id: string, pattern: Pattern): void {
    // In its place; it is compressed when L1 lets go of it.
    if (this.#l2.has(id)) this.#l2.set(id, pattern);
    this.#l3.outdate(id);
    this.load(id, pattern);
  }

  /** The next of the most popular: into the fastest level that has room. Whether there was any. */
  warm(id: string, pattern: Pattern): boolean {
    const { l1Entries, l1Bytes, l2Entries, l2Bytes, l3Entries } = this.#settings;
    // What came by itself is newer.
    if (this.#l1.has(id) || this.#l2.has(id) || this.#l3.has(id)) return true;
    const bytes = sizeOf(pattern);
    if (this.#l1.size < l1Entries && this.#l1.bytes + bytes <= l1Bytes) this.#l1.set(id, pattern);
    else if (this.#l2.size < l2Entries && this.#l2.bytes + bytes <= l2Bytes) this.#demote(id, pattern);
    else if (this.#l3.stats().entries < l3Entries) this.#l3.offer(id, pattern);
    else return false;
    return true;
  }

  /** To be called now and then while warming: what waits to be written into L3 takes memory. */
  settle(): void {
    this.#l3.write();
  }

  stats(): LevelsStats {
    const [first = 0, second = 0, third = 0] = this.#hits;
    const hits = first + second + third;
    const share = (part: number): number => (this.#lookups === 0 ? 0 : part / this.#lookups);
    const p99Ns = (histogram: RecordableHistogram): number =>
      histogram.count === 0 ? 0 : histogram.percentile(99);
    const { l1, l2, l3 } = this.#latency;
    const [one, two] = [this.#l1.stats(), this.#l2.stats()];
    return {
      lookups: this.#lookups,
      hits,
      misses: this.#lookups - hits,
      hitRatio: share(hits),
      compressed: this.#compressed,
      levels: [
        { name: 'l1', hits: first, share: share(first), ...sizes(one), p99Ns: p99Ns(l1) },
        { name: 'l2', hits: second, share: share(second), ...sizes(two), p99Ns: p99Ns(l2) },
        {
          name: 'l3',
          hits: third,
          share: share(third),
          entries: this.#l3.stats().entries,
          bytes: 0,
          p99Ns: p99Ns(l3),
        },
      ],
    };
  }

  close(): void {
    this.#l1.clear();
    this.#l2.clear();
    this.#l3.close();
  }

  #getTimed(id: string): Pattern | undefined {
    const startMs = performance.now();
    const held = this.#l1.get(id);
    if (held === undefined) return this.#getBelow(id);
    record(this.#latency.l1, startMs);
    this.#hits[0]!++;
    return held;
  }

  #foundIn(level: 'l1' | 'l2', kept: Kept): Readonly<Found> {
    const found = this.#found;
    this.#hits[level === 'l1' ? 0 : 1]!++;
    found.level = level;
    found.kept = kept;
    found.pattern = 'id' in kept ? kept : null;
    found.confidence = confidenceOf(kept);
    return found;
  }

  #getBelow(id: string): Pattern | undefined {
    const isTimed = (++this.#lowerLookups & (lowerTimedEvery - 1)) === 0;
    const startMs = isTimed ? performance.now() : 0;
    const value = this.#l2.get(id);
    const pattern = value === undefined ? this.#l3.get(id) : this.#unpack(value);
    if (pattern === undefined) return undefined;
    const level = value === undefined ? 2 : 1;
    this.#hits[level]!++;
    // Its copy below stays: when L1 lets go of it nothing has to be written.
    this.#l1.set(id, pattern);
    if (isTimed) record(level === 1 ? this.#latency.l2 : this.#latency.l3, startMs);
    return pattern;
  }

  #demote(id: string, pattern: Pattern): void {
    const isLong = pattern.body.byteLength >= this.#settings.compressFromBytes;
    const kept = this.#l2.peek(id);
    if (kept !== undefined && (!isLong || !('id' in kept))) {
      // It has learned in L1.
      const { confidence } = pattern;
      if (confidenceOf(kept) !== confidence) setConfidence(kept, confidence);
      return;
    }
    // Most of what comes never comes again: it has to show that it does in L3, where it costs no memory.
    const isFull = this.#l2.size >= this.#settings.l2Entries;
    if (kept === undefined && isFull && !this.#isPromoted(id)) this.#l3.offer(id, pattern);
    else this.#l2.set(id, isLong ? this.#pack(pattern) : pattern);
  }

  #isPromoted(id: string): boolean {
    return this.#l3.knows(id) && (++this.#candidates & (promotedEvery - 1)) === 0;
  }

  #pack(pattern: Pattern): Kept {
    const bytes = encodePattern(pattern);
    const packed = this.#compressor.compressSync(bytes);
    if (packed.length > bytes.length * worthwhileRatio) return { incompressible: pattern };
    this.#compressed++;
    // A view of zlib's chunk would keep all of it alive.
    const isWhole = packed.byteLength === packed.buffer.byteLength;
    return { packed: isWhole ? packed : new Uint8Array(packed), confidence: pattern.confidence };
  }

  #unpack(kept: Kept): Pattern {
    if ('id' in kept) return kept;
    if ('incompressible' in kept) return kept.incompressible;
    const pattern = decodePattern(this.#compressor.decompressSync(kept.packed));
    return pattern.confidence === kept.confidence ? pattern : withConfidence(pattern, kept.confidence);
  }
}

/** Five numbers and four headers beside the texts. */
function sizeOf({ id, type, domain, body }: Pattern): number {
  return 200 + id.length + type.length + domain.length + body.byteLength;
}

// hot path
function confidenceOf(kept: Kept): number {
  return 'incompressible' in kept ? kept.incompressible.confidence : kept.confidence;
}

// hot path
function setConfidence(kept: Kept, confidence: number): void {
  const place: { confidence: number } = 'incompressible' in kept ? kept.incompressible : kept;
  place.confidence = confidence;
}

function keptBytes(kept: Kept, id: string): number {
  if ('id' in kept) return sizeOf(kept);
  return 'packed' in kept ? kept.packed.byteLength + id.length : sizeOf(kept.incompressible);
}

/** Nanoseconds up to ten seconds, two digits: some 30 KB. */
function latencies(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: 1e10, figures: 2 });
}

function record(histogram: RecordableHistogram, startMs: number): void {
  histogram.record(Math.max(1, Math.round((performance.now() - startMs) * 1e6)));
}

function sizes({ entries, bytes }: { readonly entries: number; readonly bytes: number }) {
  return { entries, bytes };
}
