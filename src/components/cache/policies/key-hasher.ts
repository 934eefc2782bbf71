/** 32-bit hashes of cache keys; keys that a Map holds for the same have the same. O(length) for strings, else O(1). */
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

function hashText(text: string): number {
  let hash = text.length;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  return mixBits(hash);
}
