import type { Pattern } from 'perfkit/store';
import { readWhole } from './journal-format.ts';
import { decodePattern } from './pattern-codec.ts';

/**
 * A pattern that is read from a segment of the journal when its first field is asked for, and again when another was
 * read in between: all that is in memory of a batch of some thousand is one of them. Its body is good until then.
 */
export class JournalledPattern implements Pattern {
  readonly id: string;
  readonly #file: number;
  readonly #at: number;
  readonly #bytes: number;
  readonly #confidence: number;

  /** `at`, `bytes`: of the payload of its put record. `confidence`: of a later record, else NaN. */
  constructor(file: number, id: string, at: number, bytes: number, confidence: number) {
    this.id = id;
    this.#file = file;
    this.#at = at;
    this.#bytes = bytes;
    this.#confidence = confidence;
  }

  get type(): string {
    return this.#read().type;
  }

  get domain(): string {
    return this.#read().domain;
  }

  get confidence(): number {
    return Number.isNaN(this.#confidence) ? this.#read().confidence : this.#confidence;
  }

  get usageCount(): number {
    return this.#read().usageCount;
  }

  get createdAtMs(): number {
    return this.#read().createdAtMs;
  }

  get updatedAtMs(): number {
    return this.#read().updatedAtMs;
  }

  get lastUsedAtMs(): number | null {
    return this.#read().lastUsedAtMs;
  }

  get body(): Uint8Array {
    return this.#read().body;
  }

  #read(): Pattern {
    if (last?.of === this) return last.pattern;
    if (buffer.length < this.#bytes) buffer = Buffer.allocUnsafeSlow(this.#bytes);
    const payload = buffer.subarray(0, this.#bytes);
    if (readWhole(this.#file, payload, this.#bytes, this.#at) < this.#bytes) {
      throw new Error('Expected the journal to stay as it was, but a segment became shorter.');
    }
    last = { of: this, pattern: decodePattern(payload.subarray(1)) };
    return last.pattern;
  }
}

let buffer = Buffer.allocUnsafeSlow(4_096);
let last: { readonly of: JournalledPattern; readonly pattern: Pattern } | null = null;
