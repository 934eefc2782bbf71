import { hash } from 'node:crypto';
import { callable, expected, positiveInteger, wholeNumber } from '../internal/option-checks.ts';

/**
 * Keeps one copy of equal data. Data that comes again within the last `maxEntries` different ones costs nothing but its
 * name; the one that was used longest ago is forgotten first.
 */
export interface Deduplicator {
  /** The shared copy of the data, and its name. O(bytes). */
  put(data: Uint8Array): DeduplicatedData;
  /** The copy of that name, or undefined when it was forgotten; counts as a use. It must not be changed. O(1). */
  get(id: string): Uint8Array | undefined;
  has(id: string): boolean;
  /** Forget a copy; whether there was one. */
  delete(id: string): boolean;
  clear(): void;
  stats(): DeduplicatorStats;
}

export interface DeduplicatedData {
  /** Equal data has the same name for as long as it is kept. With the default hash, for ever and everywhere. */
  readonly id: string;
  /** The shared copy; it must not be changed. */
  readonly data: Uint8Array;
  /** It was there already. */
  readonly duplicate: boolean;
}

export interface DeduplicatorOptions {
  /** @default 10000 */
  readonly maxEntries?: number;
  /** Most bytes of copies; data longer than that is not kept. 0: no limit. @default 0 */
  readonly maxBytes?: number;
  /** Two different data may share one: they are compared before they are taken for equal. @default SHA-256, base64url */
  readonly hash?: (data: Uint8Array) => string;
}

/** Since creation, but for `entries` and `bytes`: those are now. */
export interface DeduplicatorStats {
  readonly entries: number;
  readonly bytes: number;
  readonly puts: number;
  readonly duplicates: number;
  readonly evictions: number;
  /** Bytes given to `put`, and those of them that it had to copy. */
  readonly givenBytes: number;
  readonly storedBytes: number;
  /** 1 - storedBytes / givenBytes; 0 before the first. */
  readonly saved: number;
}

/** Throws TypeError or RangeError that names an option it cannot follow. */
export function createDeduplicator(options: DeduplicatorOptions = {}): Deduplicator {
  return new HashDeduplicator(options);
}

class HashDeduplicator implements Deduplicator {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  readonly #hash: (data: Uint8Array) => string;
  /** The one used longest ago first. */
  readonly #copies = new Map<string, Uint8Array>();
  #bytes = 0;
  #puts = 0;
  #duplicates = 0;
  #evictions = 0;
  #givenBytes = 0;
  #storedBytes = 0;
  /** Of all names: 0 for as long as no two different data had one hash. */
  #highestNumber = 0;

  constructor(options: DeduplicatorOptions) {
    this.#maxEntries = positiveInteger('maxEntries', options.maxEntries ?? 10_000);
    this.#maxBytes = wholeNumber('maxBytes', options.maxBytes ?? 0) || Number.POSITIVE_INFINITY;
    this.#hash = callable('hash', options.hash ?? sha256);
  }

  put(data: Uint8Array): DeduplicatedData {
    if (!(data instanceof Uint8Array)) throw new TypeError(expected('data', 'a Uint8Array', data));
    const { id, copy } = this.#find(data);
    this.#puts++;
    this.#givenBytes += data.byteLength;
    if (copy !== undefined) {
      this.#duplicates++;
      this.#touch(id, copy);
      return { id, data: copy, duplicate: true };
    }
    this.#storedBytes += data.byteLength;
    const fresh = Uint8Array.from(data);
    if (fresh.byteLength <= this.#maxBytes) this.#keep(id, fresh);
    return { id, data: fresh, duplicate: false };
  }

  get(id: string): Uint8Array | undefined {
    const copy = this.#copies.get(id);
    if (copy !== undefined) this.#touch(id, copy);
    return copy;
  }

  has(id: string): boolean {
    return this.#copies.has(id);
  }

  delete(id: string): boolean {
    this.#bytes -= this.#copies.get(id)?.byteLength ?? 0;
    return this.#copies.delete(id);
  }

  clear(): void {
    this.#copies.clear();
    this.#bytes = 0;
  }

  stats(): DeduplicatorStats {
    return {
      entries: this.#copies.size,
      bytes: this.#bytes,
      puts: this.#puts,
      duplicates: this.#duplicates,
      evictions: this.#evictions,
      givenBytes: this.#givenBytes,
      storedBytes: this.#storedBytes,
      saved: this.#givenBytes === 0 ? 0 : 1 - this.#storedBytes / this.#givenBytes,
    };
  }

  /** The data's name and copy. Where other data has the hash, the name gets a number: "hash~1". */
  #find(data: Uint8Array): { readonly id: string; readonly copy: Uint8Array | undefined } {
    const name = this.#hash(data);
    let free: number | undefined;
    // An entry that was forgotten leaves a gap in the numbers, so the search goes on to the highest ever given.
    for (let number = 0; number <= this.#highestNumber; number++) {
      const id = numbered(name, number);
      const copy = this.#copies.get(id);
      if (copy === undefined) free ??= number;
      else if (Buffer.compare(copy, data) === 0) return { id, copy };
    }
    if (free === undefined) free = ++this.#highestNumber;
    return { id: numbered(name, free), copy: undefined };
  }

  #touch(id: string, copy: Uint8Array): void {
    this.#copies.delete(id);
    this.#copies.set(id, copy);
  }

  #keep(id: string, copy: Uint8Array): void {
    while (this.#copies.size >= this.#maxEntries || this.#bytes + copy.byteLength > this.#maxBytes) {
      const oldest = this.#copies.keys().next();
      if (oldest.done === true) break;
      this.delete(oldest.value);
      this.#evictions++;
    }
    this.#copies.set(id, copy);
    this.#bytes += copy.byteLength;
  }
}

function numbered(name: string, number: number): string {
  return number === 0 ? name : `${name}~${number}`;
}

function sha256(data: Uint8Array): string {
  return hash('sha256', data, 'base64url');
}
