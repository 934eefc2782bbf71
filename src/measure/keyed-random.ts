/**
 * The random number that belongs to a key and two counters: no state, so that number `b` of thing `a` is the same
 * whoever asks, in whatever order, on whichever thread. In [0, 1), 32 random bits. Each counter is an integer from 0
 * to 2^53. Rounds of lowbias32 (C. Wellons, Hash Prospector, 2018), each over the hash so far and one word.
 */
export function keyedRandom(key: number, a: number, b: number): number {
  // hot path
  let hash = mix(key | 0, a | 0);
  if (a > 0xffff_ffff) hash = mix(hash, Math.floor(a / 0x1_0000_0000));
  hash = mix(hash, b | 0);
  return (mix(hash, 0x9e3779b9) >>> 0) / 0x1_0000_0000;
}

/** A key for a purpose. */
export function keyOf(seed: number, purpose: string): number {
  let hash = mix(seed | 0, Math.floor(seed / 0x1_0000_0000));
  for (let index = 0; index < purpose.length; index++) hash = mix(hash, purpose.charCodeAt(index));
  return hash;
}

function mix(hash: number, word: number): number {
  // hot path: the sum keeps (0, 0) from being a fixed point
  let x = ((hash ^ word) + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0xd35a2d97);
  return x ^ (x >>> 15);
}
