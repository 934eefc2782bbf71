/**
 * 32-bit hashes of cache keys; keys that a Map holds for the same have the same. All O(1), for of long strings
 * not every character is read.
 */
export class KeyHasher {
  #identities: WeakMap<WeakKey, number> | null = null;
  #lastIdentity = 0;
  readonly #double = new Float64Array(1);
  readonly #halves = new Int32Array(this.#double.buffer);

  hash(key: unknown): number {
    // hot path: once for each entry that comes, never on a hit
    if (typeof key === 'string') return hashText(key);
    if (typeof key === 'number') return this.#hashNumber(key);
    if (typeof key === 'bigint') return hashText(key.toString(36));
    if (typeof key === 'object' && key !== null) return this.#hashIdentity(key);
    if (typeof key === 'function') return this.#hashIdentity(key);
    if (typeof key === 'symbol') {
      // A registered symbol is the same one everywhere and cannot be held weakly.
      return Symbol.keyFor(key) === undefined ? this.#hashIdentity(key) : hashText(key.description ?? '');
    }
    return hashText(String(key));
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
