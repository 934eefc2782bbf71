/** Length of the substrings that are counted: matches shorter than this save little in any format. */
const gramBytes = 6;
/** Shift of a 32-bit hash that leaves 22 bits: tables of 16 MiB, in which few of a million substrings collide. */
const hashShift = 32 - 22;
const tableSize = 1 << 22;

/**
 * Dictionary content for samples: the segments of `segmentBytes` whose substrings occur in the most samples, the best
 * ones last, where references to them are shortest. At most `maxBytes` bytes; less when the samples have nothing more
 * in common. "COVER" of Liao, Petri, Moffat, Wirth: Effective Construction of Relative Lempel-Ziv Dictionaries
 * (WWW 2016), with hashed counts as in zstd's fastCover. O(bytes of samples) for each pass; a pass takes one segment
 * from each of `maxBytes / segmentBytes` parts of the samples.
 */
export function selectSegments(
  samples: readonly Uint8Array[],
  { maxBytes, segmentBytes }: { readonly maxBytes: number; readonly segmentBytes: number },
): Uint8Array {
  const text = concatenated(samples);
  const counts = countGrams(text, samples);
  const epochs = Math.max(
    1,
    Math.min(Math.ceil(maxBytes / segmentBytes), Math.floor(text.length / (segmentBytes * 4))),
  );
  const epochBytes = Math.ceil(text.length / epochs);
  const chosen: Segment[] = [];
  let left = maxBytes;
  for (let progress = true; progress && left >= gramBytes;) {
    progress = false;
    for (let start = 0; start < text.length && left >= gramBytes; start += epochBytes) {
      const end = Math.min(text.length, start + epochBytes + segmentBytes);
      const best = bestSegment(text.subarray(start, end), counts, Math.min(segmentBytes, left));
      if (best === null) continue;
      const bytes = text.slice(start + best.start, start + best.end);
      forget(bytes, counts);
      chosen.push({ bytes, score: best.score });
      left -= bytes.length;
      progress = true;
    }
  }
  return concatenated(chosen.toSorted((a, b) => a.score - b.score).map(({ bytes }) => bytes));
}

interface Segment {
  readonly bytes: Uint8Array;
  readonly score: number;
}

/** For each hashed substring the number of samples it occurs in, 0 when that is one. */
function countGrams(text: Uint8Array, samples: readonly Uint8Array[]): Uint32Array {
  const counts = new Uint32Array(tableSize);
  const lastSample = new Uint32Array(tableSize);
  let start = 0;
  for (const [index, sample] of samples.entries()) {
    const end = start + sample.length - gramBytes;
    for (let at = start; at <= end; at++) {
      const gram = gramAt(text, at);
      if (lastSample[gram] === index + 1) continue;
      lastSample[gram] = index + 1;
      counts[gram]!++;
    }
    start += sample.length;
  }
  for (let gram = 0; gram < counts.length; gram++) if (counts[gram] === 1) counts[gram] = 0;
  return counts;
}

interface Window {
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/** The window with the highest sum of counts, each substring counted once, without what does not count at its ends. */
function bestSegment(text: Uint8Array, counts: Uint32Array, segmentBytes: number): Window | null {
  const active = new Map<number, number>();
  const grams = Math.max(1, segmentBytes - gramBytes + 1);
  let score = 0;
  let bestScore = 0;
  let bestStart = 0;
  for (let at = 0; at + gramBytes <= text.length; at++) {
    const gram = gramAt(text, at);
    const times = active.get(gram) ?? 0;
    if (times === 0) score += counts[gram]!;
    active.set(gram, times + 1);
    if (at >= grams) {
      const leaving = gramAt(text, at - grams);
      const rest = (active.get(leaving) ?? 1) - 1;
      if (rest === 0) {
        active.delete(leaving);
        score -= counts[leaving]!;
      } else active.set(leaving, rest);
    }
    if (score > bestScore) {
      bestScore = score;
      bestStart = Math.max(0, at - grams + 1);
    }
  }
  if (bestScore === 0) return null;
  let end = Math.min(text.length, bestStart + segmentBytes);
  let start = bestStart;
  while (start + gramBytes < end && counts[gramAt(text, start)] === 0) start++;
  while (end - gramBytes > start && counts[gramAt(text, end - gramBytes)] === 0) end--;
  return { start, end, score: bestScore };
}

/** What the dictionary has needs no second copy. */
function forget(segment: Uint8Array, counts: Uint32Array): void {
  for (let at = 0; at + gramBytes <= segment.length; at++) counts[gramAt(segment, at)] = 0;
}

/** Multiplicative hash of six bytes. */
function gramAt(text: Uint8Array, at: number): number {
  const low = text[at]! | (text[at + 1]! << 8) | (text[at + 2]! << 16) | (text[at + 3]! << 24);
  const high = text[at + 4]! | (text[at + 5]! << 8);
  return (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> hashShift;
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
