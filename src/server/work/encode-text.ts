import { stopWords } from './words.ts';

/** Length of the vectors that texts are encoded to. */
export const encodedDimensions = 256;

const shortestGram = 3;
const longestGram = 5;
const wordWeight = 2;

/**
 * A text as a vector of length 1: its words and their character n-grams (3 to 5, with a mark at both ends), hashed
 * with a sign (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009). Case, accents,
 * punctuation and stop words do not matter. A text without other words gives zeros. O(characters).
 */
export function encodeText(text: string): Float32Array {
  const vector = new Float32Array(encodedDimensions);
  for (const word of wordsOf(text)) {
    if (!stopWords.has(word)) addWord(vector, ` ${word} `);
  }
  return normalized(vector);
}

/** Words that an encoder for many texts keeps. */
const mostKeptWords = 8_192;

/** What a word adds to a vector: `weights[i]` at `places[i]`. */
interface KeptWord {
  readonly places: Uint8Array;
  readonly weights: Float32Array;
}

/**
 * `encodeText` for many texts of one vocabulary: it keeps what each word adds, and gives the same vectors in less
 * time. Sums of small whole numbers are exact, in any order.
 */
export function createManyTextsEncoder(): typeof encodeText {
  const kept = new Map<string, KeptWord>();
  const scratch = new Float32Array(encodedDimensions);
  const wordOf = (word: string): KeptWord => {
    const known = kept.get(word);
    if (known !== undefined) return known;
    const made = keptWord(word, scratch);
    if (kept.size < mostKeptWords) kept.set(word, made);
    return made;
  };
  return (text) => {
    const vector = new Float32Array(encodedDimensions);
    for (const word of wordsOf(text)) {
      const { places, weights } = wordOf(word);
      // hot path
      for (let index = 0; index < places.length; index++) {
        const at = places[index] ?? 0;
        vector[at] = (vector[at] ?? 0) + (weights[index] ?? 0);
      }
    }
    return normalized(vector);
  };
}

/** Nothing for a stop word. `scratch` is all zeros, before and after. */
function keptWord(word: string, scratch: Float32Array): KeptWord {
  const places: number[] = [];
  const weights: number[] = [];
  if (!stopWords.has(word)) addWord(scratch, ` ${word} `);
  for (let at = 0; at < scratch.length; at++) {
    const weight = scratch[at] ?? 0;
    if (weight === 0) continue;
    places.push(at);
    weights.push(weight);
    scratch[at] = 0;
  }
  return { places: Uint8Array.from(places), weights: Float32Array.from(weights) };
}

function normalized(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (squares === 0) return vector;
  const scale = 1 / Math.sqrt(squares);
  for (let index = 0; index < vector.length; index++) vector[index] = (vector[index] ?? 0) * scale;
  return vector;
}

/** Lower-case words without accents: equal for texts that differ in nothing else. */
export function wordsOf(text: string): string[] {
  // ASCII has nothing to normalize, and its classes are those of a byte: twice as fast.
  if (isAscii.test(text)) return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return (
    text
      .normalize('NFKD')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

// oxlint-disable-next-line no-control-regex -- all of ASCII
const isAscii = /^[\u0000-\u007f]*$/;

function addWord(vector: Float32Array, word: string): void {
  // hot path: each start gives its grams by going on with one hash (FNV-1a, 32 bits)
  for (let start = 0; start + shortestGram <= word.length; start++) {
    let hash = 0x811c9dc5;
    const end = Math.min(word.length, start + longestGram);
    for (let at = start; at < end; at++) {
      hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
      if (at - start + 1 >= shortestGram) add(vector, hash, 1);
    }
  }
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  add(vector, Math.imul(hash, 0x85ebca6b), wordWeight);
}

function add(vector: Float32Array, hash: number, weight: number): void {
  // FNV's low bits are its worst: fold the high ones in.
  const mixed = hash ^ (hash >>> 15);
  const index = mixed & (encodedDimensions - 1);
  vector[index] = (vector[index] ?? 0) + ((mixed & 0x100) === 0 ? weight : -weight);
}
