import { expected } from '../../internal/option-checks.ts';
import { monotonicMs } from '../../internal/timers.ts';
import { createCache } from '../cache-policies.ts';
import type { CachePolicy } from '../cache-policies.ts';
import type { Cache, CacheStats } from '../cache.ts';
import { CompressionEstimator } from './compression-estimator.ts';
import type { LevelEntry } from './level.ts';
import { getEach, unexpired } from './near-level.ts';
import type { NearLevel } from './near-level.ts';
import { jsonSerializer } from './serializer.ts';
import type { Serializer } from './serializer.ts';
import { shorterTtl } from './shorter-ttl.ts';

/** What compresses a value, without waiting. The compressor component has this shape. */
export interface SyncCodec {
  compressSync(data: Uint8Array): Uint8Array;
  decompressSync(data: Uint8Array): Uint8Array;
}

export interface MemoryLevelOptions<V> {
  /** @default 'memory' */
  readonly name?: string;
  /** @default 'w-tinylfu' */
  readonly policy?: CachePolicy;
  /** Most entries. @default 10000 */
  readonly max?: number;
  /** Most bytes, of keys and of values as they are kept, compressed. @default 104857600 (100 MiB) */
  readonly maxSize?: number;
  /** Milliseconds that an entry lives here at most; 0: as long as it lives elsewhere. @default 0 */
  readonly ttl?: number;
  /** null: values are kept serialized, but not compressed. @default null */
  readonly codec?: SyncCodec | null;
  /** Shorter values are not compressed, in bytes. @default 128 */
  readonly threshold?: number;
  /** Part of `maxSize` that must be in use before values are compressed: room costs less than time. @default 0 */
  readonly compressFrom?: number;
  /** @default jsonSerializer() */
  readonly serializer?: Serializer<V>;
  /** Monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
}

interface Packed {
  readonly bytes: Uint8Array;
  readonly isCompressed: boolean;
  readonly deadlineMs: number;
  readonly tags: readonly string[] | undefined;
}

type Content = Pick<Packed, 'bytes' | 'isCompressed'>;

export interface MemoryLevel<V> extends NearLevel<V> {
  stats(): MemoryLevelStats;
}

export interface MemoryLevelStats extends CacheStats {
  /** Values whose compression was worth it, was not, and was not tried because it was not worth it for others. */
  readonly compressed: number;
  readonly incompressible: number;
  readonly skipped: number;
}

/** Most of the original size that a compressed value may have to be kept compressed. */
const worthwhileRatio = 0.95;

/** A level in this process that keeps values serialized and, where that helps, compressed. Every answer is at once. */
export function createMemoryLevel<V>(options: MemoryLevelOptions<V> = {}): MemoryLevel<V> {
  return new PackedLevel(options);
}

class PackedLevel<V> implements MemoryLevel<V> {
  readonly name: string;
  readonly isAtOnce = true;
  readonly #cache: Cache<string, Packed>;
  readonly #codec: SyncCodec | null;
  readonly #serializer: Serializer<V>;
  readonly #estimator = new CompressionEstimator();
  readonly #threshold: number;
  readonly #compressFromBytes: number;
  readonly #ttlMs: number;
  readonly #now: () => number;
  #compressed = 0;
  #incompressible = 0;
  #skipped = 0;

  constructor(options: MemoryLevelOptions<V>) {
    const { name = 'memory', policy = 'w-tinylfu', max = 10_000, maxSize = 104_857_600 } = options;
    const { ttl = 0, threshold = 128, compressFrom = 0, now = monotonicMs, codec = null } = options;
    if (typeof threshold !== 'number' || !(threshold >= 0)) {
      throw new RangeError(expected('threshold', 'a number of bytes of at least 0', threshold));
    }
    if (typeof compressFrom !== 'number' || !(compressFrom >= 0 && compressFrom <= 1)) {
      throw new RangeError(expected('compressFrom', 'a part, 0 to 1', compressFrom));
    }
    this.name = name;
    this.#cache = createCache<string, Packed>({
      policy,
      max,
      maxSize,
      ttl,
      now,
      sizeCalculation: ({ bytes }, key) => bytes.length + key.length,
    });
    this.#codec = codec;
    this.#serializer = options.serializer ?? jsonSerializer<V>();
    this.#threshold = threshold;
    this.#compressFromBytes = compressFrom * maxSize;
    this.#ttlMs = ttl;
    this.#now = now;
  }

  get(key: string): LevelEntry<V> | undefined {
    const packed = this.#cache.get(key);
    return packed === undefined ? undefined : this.#unpacked(packed);
  }

  getMany(keys: readonly string[]): ReadonlyMap<string, LevelEntry<V>> {
    return getEach(this, keys);
  }

  set(key: string, { value, ttlMs, tags }: LevelEntry<V>): void {
    const livesMs = shorterTtl(ttlMs, this.#ttlMs);
    const deadlineMs = livesMs === 0 ? Infinity : this.#now() + livesMs;
    this.#cache.set(
      key,
      { ...this.#packed(key, value), deadlineMs, tags },
      tags === undefined ? { ttl: livesMs } : { ttl: livesMs, tags },
    );
  }

  setMany(entries: ReadonlyMap<string, LevelEntry<V>>): void {
    for (const [key, entry] of entries) this.set(key, entry);
  }

  deleteMany(keys: readonly string[]): void {
    for (const key of keys) this.#cache.delete(key);
  }

  deletePrefix(prefix: string): void {
    for (const key of this.#cache.keys()) if (key.startsWith(prefix)) this.#cache.delete(key);
  }

  invalidateTag(tag: string): void {
    this.#cache.invalidateTag(tag);
  }

  clear(): void {
    this.#cache.clear();
  }

  close(): void {
    this.#cache.clear();
  }

  stats(): MemoryLevelStats {
    return {
      ...this.#cache.stats(),
      compressed: this.#compressed,
      incompressible: this.#incompressible,
      skipped: this.#skipped,
    };
  }

  #packed(key: string, value: V | undefined): Content {
    const plain = this.#serializer.encode(value);
    if (this.#codec === null || plain.length < this.#threshold) return raw(plain);
    if (this.#cache.bytes < this.#compressFromBytes) return raw(plain);
    if (!this.#estimator.isWorthwhile(key)) {
      this.#skipped++;
      return raw(plain);
    }
    const bytes = this.#codec.compressSync(plain);
    this.#estimator.learn(key, bytes.length / plain.length);
    if (bytes.length > plain.length * worthwhileRatio) {
      this.#incompressible++;
      return raw(plain);
    }
    this.#compressed++;
    return { bytes: ownCopy(bytes), isCompressed: true };
  }

  #unpacked({ bytes, isCompressed, deadlineMs, tags }: Packed): LevelEntry<V> | undefined {
    const plain = (): Uint8Array =>
      isCompressed && this.#codec !== null ? this.#codec.decompressSync(bytes) : bytes;
    const nowMs = deadlineMs === Infinity ? 0 : this.#now();
    return unexpired(deadlineMs, nowMs, () => this.#serializer.decode(plain()), tags);
  }
}

function raw(plain: Uint8Array): Content {
  return { bytes: ownCopy(plain), isCompressed: false };
}

/** A small result may be a view of a large buffer, which it would keep alive: zlib's chunk, or Node's pool. */
function ownCopy(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength === bytes.length ? bytes : new Uint8Array(bytes);
}
