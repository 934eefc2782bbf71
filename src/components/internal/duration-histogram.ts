/** What a histogram of durations comes to; all zero before the first. */
export interface DurationSummary {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Exact. */
  readonly maxMs: number;
}

// Below 64 us every microsecond has a bucket; above, each power of two has 32: at most 1/64 off the middle.
const linearBuckets = 64;
const perOctave = 32;
const octaves = 30;
const largestUs = 2 ** 36 - 1;

/**
 * A histogram of durations with logarithmic buckets that are linear within (as HdrHistogram's): 1 us to 19 h within
 * 1.6 %, in 8 KB whatever the number of values. O(1) to record.
 */
export class DurationHistogram {
  // Not Uint32Array: a counter at ten million a second would be full in seven minutes.
  readonly #counts = new Float64Array(linearBuckets + octaves * perOctave);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  get count(): number {
    return this.#count;
  }

  get sumMs(): number {
    return this.#sumMs;
  }

  /** A negative duration, which a clock that was set back gives, counts as 0. */
  record(durationMs: number, times = 1): void {
    // hot path
    const ms = durationMs > 0 ? durationMs : 0;
    const bucket = bucketOf(ms);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + times;
    this.#count += times;
    this.#sumMs += ms * times;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  /** The value that the given part of all (0 to 1) does not exceed, by nearest rank. */
  quantileMs(part: number): number {
    let left = Math.max(1, Math.ceil(part * this.#count));
    if (this.#count === 0) return 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      left -= this.#counts[bucket] ?? 0;
      if (left <= 0) return Math.min(this.#maxMs, middleMs(bucket));
    }
    return this.#maxMs;
  }

  summary(): DurationSummary {
    return {
      count: this.#count,
      meanMs: this.#count === 0 ? 0 : this.#sumMs / this.#count,
      p50Ms: this.quantileMs(0.5),
      p95Ms: this.quantileMs(0.95),
      p99Ms: this.quantileMs(0.99),
      maxMs: this.#maxMs,
    };
  }
}

function bucketOf(ms: number): number {
  // hot path
  if (ms === 0) return 0;
  const us = Math.min(largestUs, Math.round(ms * 1e3));
  if (us < linearBuckets) return us;
  // Math.clz32 sees 32 bits; longer durations lose their low bits, which do not matter there.
  const shift = us >= 2 ** 31 ? 5 : 0;
  const word = shift === 0 ? us : Math.floor(us / 32);
  const exponent = 31 - Math.clz32(word);
  const within = (word >>> (exponent - 5)) - perOctave;
  return linearBuckets + (exponent + shift - 6) * perOctave + within;
}

function middleMs(bucket: number): number {
  if (bucket < linearBuckets) return bucket / 1e3;
  const octave = Math.floor((bucket - linearBuckets) / perOctave);
  const within = (bucket - linearBuckets) % perOctave;
  return (2 ** (octave + 1) * (perOctave + within + 0.5)) / 1e3;
}
