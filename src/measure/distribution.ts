import { Histogram } from './histogram.ts';
import type { Series } from '../model/result.ts';

/** A value read from a distribution; `bounded` means that the truth is at least this. */
export interface Reading {
  readonly value: number;
  readonly bounded: boolean;
}

/**
 * Successful operations and censored ones: time-outs, operations in flight at the end, dropped arrivals, known
 * only to have taken at least so long. Percentiles rank a censored sample above every success, so a success can
 * never look faster because a slow operation was cut; a percentile that falls among the censored is a lower bound.
 */
export class Distribution {
  readonly #success = new Histogram({ wide: true });
  #censored: Histogram | null = null;

  /** Add one slice as an engine reports it. */
  addSlice(slice: { readonly data: Uint8Array; readonly censored: Uint8Array }): void {
    this.#success.addEncoded(slice.data);
    if (slice.censored.length > 0) this.#ensureCensored().addEncoded(slice.censored);
  }

  /** Add a histogram series of a result; other kinds add nothing. Throws PerfkitError when it cannot be read. */
  addSeries(series: Series): void {
    if (series.histogram !== undefined) addBase64(this.#success, series.histogram);
    if (series.censoredHistogram !== undefined) addBase64(this.#ensureCensored(), series.censoredHistogram);
  }

  get count(): number {
    return this.#success.count + this.censoredCount;
  }

  get censoredCount(): number {
    return this.#censored?.count ?? 0;
  }

  valueAt(percentile: number): Reading {
    const rank = Math.max(1, Math.ceil((percentile / 100) * this.count - 1e-9));
    if (this.censoredCount === 0) return { value: this.#success.valueAt(percentile), bounded: false };
    if (rank <= this.#success.count)
      return { value: this.#success.valueAt((rank / this.#success.count) * 100), bounded: false };
    const shortest = this.#censored?.valueAt(((rank - this.#success.count) / this.censoredCount) * 100) ?? 0;
    return { value: Math.max(shortest, this.#success.max), bounded: true };
  }

  get min(): Reading {
    return {
      value: this.#success.count > 0 ? this.#success.min : (this.#censored?.min ?? 0),
      bounded: this.#success.count === 0 && this.count > 0,
    };
  }

  get max(): Reading {
    return { value: Math.max(this.#success.max, this.#censored?.max ?? 0), bounded: this.censoredCount > 0 };
  }

  get mean(): Reading {
    if (this.count === 0) return { value: 0, bounded: false };
    const sum = this.#success.mean * this.#success.count + (this.#censored?.mean ?? 0) * this.censoredCount;
    return { value: sum / this.count, bounded: this.censoredCount > 0 };
  }

  /** The fields that a histogram series has in a result. */
  toSeries(): Omit<Series, 'metric' | 'tags' | 'unit' | 'note'> {
    const at = (percentile: number): number => this.valueAt(percentile).value;
    return {
      kind: 'histogram',
      count: this.count,
      min: this.min.value,
      mean: this.mean.value,
      p50: at(50),
      p75: at(75),
      p90: at(90),
      p95: at(95),
      p99: at(99),
      p999: at(99.9),
      max: this.max.value,
      histogram: this.#success.toBase64(),
      ...(this.#censored !== null && {
        censored: this.censoredCount,
        boundedFrom: (100 * this.#success.count) / this.count,
        censoredHistogram: this.#censored.toBase64(),
      }),
    };
  }

  /** One slice that holds all that was added, as an engine would report it. */
  toSlice(): { data: Uint8Array; censored: Uint8Array } {
    return { data: this.#success.encode(), censored: this.#censored?.encode() ?? new Uint8Array(0) };
  }

  /** Free the memory behind it. */
  destroy(): void {
    this.#success.destroy();
    this.#censored?.destroy();
  }

  #ensureCensored(): Histogram {
    this.#censored ??= new Histogram();
    return this.#censored;
  }
}

function addBase64(into: Histogram, text: string): void {
  const histogram = Histogram.fromBase64(text);
  try {
    into.add(histogram);
  } finally {
    histogram.destroy();
  }
}
