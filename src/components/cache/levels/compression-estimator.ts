const mostPrefixes = 1000;
const firstEstimate = 0.5;
/** Slow to believe in better compression, quick to believe in worse: as the estimator of Kafka's producer. */
const improvementStep = 0.005;
const deteriorationStep = 0.05;
const worthwhileRatio = 0.9;
/** Of the values that are skipped one in so many is tried all the same, for what they are may change. */
const probeEvery = 64;

interface Estimate {
  ratio: number;
  skipped: number;
}

/**
 * Whether compressing a value is worth the time, judged by what it brought for other keys with the same prefix: the
 * part before the first ':' or '/'. Holds at most 1,000 prefixes; all others count as one.
 */
export class CompressionEstimator {
  readonly #estimates = new Map<string, Estimate>();

  isWorthwhile(key: string): boolean {
    const estimate = this.#estimateOf(key);
    if (estimate.ratio < worthwhileRatio) return true;
    return ++estimate.skipped % probeEvery === 0;
  }

  /** `ratio`: compressed bytes of each original byte. */
  learn(key: string, ratio: number): void {
    const estimate = this.#estimateOf(key);
    estimate.ratio =
      ratio < estimate.ratio
        ? Math.max(ratio, estimate.ratio - improvementStep)
        : Math.max(ratio, Math.min(1, estimate.ratio + deteriorationStep));
  }

  #estimateOf(key: string): Estimate {
    const prefix = prefixOf(key);
    const known = this.#estimates.get(prefix);
    if (known !== undefined) return known;
    const fresh = { ratio: firstEstimate, skipped: 0 };
    if (this.#estimates.size >= mostPrefixes) return this.#estimates.get('') ?? this.#remember('', fresh);
    return this.#remember(prefix, fresh);
  }

  #remember(prefix: string, estimate: Estimate): Estimate {
    this.#estimates.set(prefix, estimate);
    return estimate;
  }
}

function prefixOf(key: string): string {
  for (let index = 0; index < key.length; index++) {
    const code = key.charCodeAt(index);
    if (code === 58 || code === 47) return key.slice(0, index);
  }
  return '';
}
