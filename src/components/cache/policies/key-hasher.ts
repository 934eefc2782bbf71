import { Buffer } from 'node:buffer';

/**
 * 32-bit hashes of cache keys; keys that a Map holds for the same have the same. All O(1), for of long strings
 * not every character is read.
 */
export class KeyHasher {
  #identities: WeakMap<WeakKey, number> | null = null;
  #lastIdentity = 0;
  readonly #double = new Float64Array(1);
  #bytes: Buffer | null = null;
  #words: Int32Array | null = null;
  readonly #halves = new Int32Array(this.#double.buffer);

  hash(key: unknown): number {
    // hot path: for an entry that comes, and for one that leaves long after; never on a hit
    if (typeof key === 'string') return this.#hashText(key);
    if (typeof key === 'number') return this.#hashNumber(key);
    if (typeof key === 'bigint') return this.#hashText(key.toString(36));
    if (typeof key === 'object' && key !== null) return this.#hashIdentity(key);
    if (typeof key === 'function') return this.#hashIdentity(key);
    if (typeof key === 'symbol') {
      // A registered symbol is the same one everywhere and cannot be held weakly.
      return Symbol.keyFor(key) === undefined
        ? this.#hashIdentity(key)
        : this.#hashText(key.description ?? '');
    }
    return this.#hashText(String(key));
  }

  /**
   * A text of middle length is copied out in one call and read by words: half the time of a call for each character.
   * The copy keeps the lower byte of a character; in texts beyond Latin-1 that is still what differs most.
   */
  #hashText(text: string): number {
    if (text.length < shortestCopied || text.length > longestCopied) return hashText(text);
    this.#bytes ??= Buffer.alloc(longestCopied);
    this.#words ??= new Int32Array(this.#bytes.buffer, this.#bytes.byteOffset, longestCopied / 4);
    const length = this.#bytes.write(text, 0, longestCopied, 'latin1');
    return hashWords(this.#words, length);
  }

  #hashNumber(key: number): number {
    // `-0 | 0` is 0: both are one key in a Map.
    if ((key | 0) === key) return mixBits(key | 0);
    this.#double[0] = key;
    return mixBits((this.#halves[0] ?? 0) ^ Math.imul(this.#halves[1] ?? 0, 0x9e37_79b1));
  }

  #hashIdentity(key: WeakKey): number {
    this.#identities ??= new WeakMap();
    let identity = this.#identities.get(key);
    if (identity === undefined) {
      identity = ++this.#lastIdentity;
      this.#identities.set(key, identity);
    }
    return mixBits(identity);
  }
}

/** Every bit of the result depends on every bit given (the finalizer of MurmurHash3). */
export function mixBits(bits: number): number {
  let mixed = bits ^ (bits >>> 16);
  mixed = Math.imul(mixed, 0x85eb_ca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}

/** A longer text is hashed by its last part, where keys differ most, and by so many characters of the rest. */
const longText = 96;
const tailLength = 48;
const samples = 32;

/** Characters of a text that is hashed by words. */
const shortestCopied = 48;
const longestCopied = 256;

/** The first `length` bytes; what follows them in the last word does not matter. Two lanes, as below. */
function hashWords(words: Int32Array, length: number): number {
  const end = length >> 2;
  let even = length;
  let odd = 0x811c_9dc5 | 0;
  let index = 0;
  for (; index + 1 < end; index += 2) {
    even = Math.imul(even ^ (words[index] ?? 0), 0x85eb_ca6b);
    odd = Math.imul(odd ^ (words[index + 1] ?? 0), 0xc2b2_ae35);
    even ^= even >>> 15;
    odd ^= odd >>> 15;
  }
  if (index < end) even = Math.imul(even ^ (words[index] ?? 0), 0x85eb_ca6b);
  const rest = (words[end] ?? 0) & ((1 << ((length & 3) * 8)) - 1);
  return mixBits(even ^ Math.imul(rest ^ odd, 0x9e37_79b1));
}

function hashText(text: string): number {
  if (text.length <= longText) return mixBits(hashPart(text, 0, text.length));
  const rest = text.length - tailLength;
  let hash = hashPart(text, rest, text.length);
  for (let sample = 0; sample < samples; sample++) {
    hash = Math.imul(hash ^ text.charCodeAt(Math.floor((sample * rest) / samples)), 0x0100_0193);
  }
  return mixBits(hash);
}

/** Two lanes (of FNV-1a), for a multiplication takes longer than it takes to start the next one. */
function hashPart(text: string, from: number, to: number): number {
  const pairsEnd = from + ((to - from) & ~1);
  let even = text.length;
  let odd = 0x811c_9dc5 | 0;
  for (let index = from; index < pairsEnd; index += 2) {
    even = Math.imul(even ^ text.charCodeAt(index), 0x0100_0193);
    odd = Math.imul(odd ^ text.charCodeAt(index + 1), 0x0100_0193);
  }
  if (pairsEnd < to) even = Math.imul(even ^ text.charCodeAt(pairsEnd), 0x0100_0193);
  return even ^ ((odd << 15) | (odd >>> 17));
}
