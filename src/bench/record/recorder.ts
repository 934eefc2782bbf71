import { Histogram } from '../../measure/histogram.ts';
import type { CounterSlice, ErrorSlice, HistogramSlice, Tags } from '../../model/interval.ts';
import { ErrorTally } from './error-tally.ts';

const none = new Uint8Array(0);

/** What one round measures: durations by operation, completed calls and the time they took, failures. */
export class RoundRecorder {
  /** By operation, in the order of the schedule. */
  readonly durations: readonly Histogram[];
  /** From the due time; only the open model fills it. */
  readonly responses: readonly Histogram[];
  readonly errors = new ErrorTally();
  readonly #names: readonly string[];
  readonly #censoredDurations = new Map<number, Histogram>();
  readonly #censoredResponses = new Map<number, Histogram>();
  #calls = 0;
  #callsNs = 0;
  #otherCalls = 0;

  readonly #tagged: boolean;

  /** `tagged`: give series the tag `op` even when there is one operation only. A mix is always told apart. */
  constructor(names: readonly string[], tagged: boolean) {
    this.#names = names;
    this.#tagged = tagged || names.length > 1;
    this.durations = names.map(() => new Histogram());
    this.responses = names.map(() => new Histogram());
  }

  /** Calls that completed, successes only, and the time in which they did: what the throughput is made of. */
  addCalls(count: number, elapsedNs: number): void {
    this.#calls += count;
    this.#callsNs += elapsedNs;
  }

  /** Calls that completed outside of the time that the throughput counts. */
  addOtherCalls(count: number): void {
    this.#otherCalls += count;
  }

  get calls(): number {
    return this.#calls;
  }

  get callsNs(): number {
    return this.#callsNs;
  }

  /** Calls that completed or failed, counted in the throughput or not. */
  get attempts(): number {
    return this.#calls + this.#otherCalls + this.errors.total;
  }

  fail(error: unknown, operation: number): void {
    this.errors.add(error, this.#names[operation] ?? '');
  }

  /** An operation cut off: it took at least so long. Null: there is no due time. */
  censor(operation: number, durationNs: number, responseNs: number | null): void {
    recordInto(this.#censoredDurations, operation, durationNs);
    if (responseNs !== null) recordInto(this.#censoredResponses, operation, responseNs);
  }

  /** Forget the warm-up. */
  reset(): void {
    for (const histogram of [...this.durations, ...this.responses]) histogram.reset();
    for (const histogram of [...this.#censoredDurations.values(), ...this.#censoredResponses.values()])
      histogram.reset();
    this.errors.reset();
    this.#calls = 0;
    this.#callsNs = 0;
    this.#otherCalls = 0;
  }

  histogramSlices(note: string | null): HistogramSlice[] {
    return [
      ...this.#slices('op_duration', this.durations, this.#censoredDurations, note),
      ...this.#slices('response_time', this.responses, this.#censoredResponses, null),
    ];
  }

  #slices(
    metric: string,
    histograms: readonly Histogram[],
    censored: ReadonlyMap<number, Histogram>,
    note: string | null,
  ): HistogramSlice[] {
    return histograms.flatMap((histogram, operation) => {
      const cut = censored.get(operation);
      if (histogram.count === 0 && (cut === undefined || cut.count === 0)) return [];
      const slice = {
        metric,
        tags: this.#tags(operation),
        data: histogram.encode(),
        censored: cut === undefined || cut.count === 0 ? none : cut.encode(),
      };
      return [note === null ? slice : { ...slice, note }];
    });
  }

  counterSlices(): CounterSlice[] {
    const slices: CounterSlice[] = [
      { metric: 'errors', tags: {}, count: this.errors.total, of: this.attempts },
    ];
    if (this.#callsNs > 0)
      slices.unshift({ metric: 'throughput', tags: {}, count: this.#calls, of: this.#callsNs });
    return slices;
  }

  errorSlices(): ErrorSlice[] {
    return this.errors.slices(this.#tagged);
  }

  destroy(): void {
    for (const histogram of [...this.durations, ...this.responses]) histogram.destroy();
    for (const histogram of [...this.#censoredDurations.values(), ...this.#censoredResponses.values()])
      histogram.destroy();
  }

  #tags(operation: number): Tags {
    return this.#tagged ? { op: this.#names[operation] ?? '' } : {};
  }
}

function recordInto(histograms: Map<number, Histogram>, operation: number, valueNs: number): void {
  let histogram = histograms.get(operation);
  if (histogram === undefined) {
    histogram = new Histogram();
    histograms.set(operation, histogram);
  }
  histogram.record(valueNs);
}
