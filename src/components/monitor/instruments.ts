import { DurationHistogram } from '../internal/duration-histogram.ts';
import type { DurationSummary } from '../internal/duration-histogram.ts';
import { expected } from '../internal/option-checks.ts';
import type { Counter, Gauge, Timing } from './monitor.ts';

/** What is recorded between two samples, and told at the next. */
export interface Instrument {
  /** Adds its columns to the sample; `elapsedMs` is the time since the last one. */
  collect(name: string, elapsedMs: number, sample: Map<string, number>): void;
}

export class SampledCounter implements Counter, Instrument {
  #total = 0;
  #told = 0;

  // hot path
  add(amount = 1): void {
    if (!(amount >= 0 && amount < Infinity)) {
      throw new RangeError(expected('amount', 'a number of at least 0', amount));
    }
    this.#total += amount;
  }

  get total(): number {
    return this.#total;
  }

  collect(name: string, elapsedMs: number, sample: Map<string, number>): void {
    const added = this.#total - this.#told;
    this.#told = this.#total;
    if (elapsedMs > 0) sample.set(name, (added / elapsedMs) * 1_000);
  }
}

export class SampledGauge implements Gauge, Instrument {
  #value = NaN;

  // hot path
  set(value: number): void {
    this.#value = value;
  }

  get value(): number {
    return this.#value;
  }

  collect(name: string, _elapsedMs: number, sample: Map<string, number>): void {
    if (Number.isFinite(this.#value)) sample.set(name, this.#value);
  }
}

export class SampledTiming implements Timing, Instrument {
  readonly #all = new DurationHistogram();
  #sinceSample = new DurationHistogram();
  #errors = 0;
  readonly #hasErrors: boolean;

  /** `hasErrors`: whether it has a column of errors, as spans have. */
  constructor(hasErrors = false) {
    this.#hasErrors = hasErrors;
  }

  // hot path
  record(durationMs: number): void {
    this.#all.record(durationMs);
    this.#sinceSample.record(durationMs);
  }

  /** Beside `record`. */
  fail(): void {
    this.#errors++;
  }

  summary(): DurationSummary {
    return this.#all.summary();
  }

  collect(name: string, _elapsedMs: number, sample: Map<string, number>): void {
    const { count, meanMs, p50Ms, p95Ms, p99Ms, maxMs } = this.#sinceSample.summary();
    sample.set(`${name}.count`, count);
    if (this.#hasErrors) sample.set(`${name}.errors`, this.#errors);
    this.#errors = 0;
    // No durations have no percentiles: 0 would look like a fast one.
    if (count === 0) return;
    sample.set(`${name}.mean_ms`, meanMs);
    sample.set(`${name}.p50_ms`, p50Ms);
    sample.set(`${name}.p95_ms`, p95Ms);
    sample.set(`${name}.p99_ms`, p99Ms);
    sample.set(`${name}.max_ms`, maxMs);
    this.#sinceSample = new DurationHistogram();
  }
}
