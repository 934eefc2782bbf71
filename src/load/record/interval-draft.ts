import type { Histogram } from '../../measure/histogram.ts';
import type { CounterSlice, ErrorSlice, HistogramSlice } from '../../model/interval.ts';
import type { ErrorClass } from './error-class.ts';
import type { HistogramPool } from './histogram-pool.ts';

/** One name's share of an interval. A histogram is taken from the pool when the first value comes. */
interface Row {
  responseTime: Histogram | null;
  serviceTime: Histogram | null;
  scheduleLag: Histogram | null;
  responseCensored: Histogram | null;
  serviceCensored: Histogram | null;
  arrivals: number;
  ok: number;
  errors: number;
  dropped: number;
  readonly failures: Map<ErrorClass, { count: number; readonly example: string }>;
}

/** Everything recorded in one interval of one phase, before it is encoded. */
export class IntervalDraft {
  readonly #names: readonly string[];
  readonly #pool: HistogramPool;
  readonly #rows: readonly Row[];
  #connectTime: Histogram | null = null;

  constructor(names: readonly string[], pool: HistogramPool) {
    this.#names = names;
    this.#pool = pool;
    this.#rows = names.map(emptyRow);
  }

  arrived(step: number): void {
    // hot path
    const row = this.#rows[step];
    if (row !== undefined) row.arrivals++;
  }

  success(step: number, dueNs: number, sentNs: number, endNs: number): void {
    // hot path
    const row = this.#rows[step];
    if (row === undefined) return;
    row.ok++;
    (row.responseTime ??= this.#pool.take()).record(endNs - dueNs);
    (row.serviceTime ??= this.#pool.take()).record(endNs - sentNs);
    (row.scheduleLag ??= this.#pool.take()).record(sentNs - dueNs);
  }

  failure(step: number, failure: ErrorClass, example: () => string): void {
    const row = this.#rows[step];
    if (row === undefined) return;
    row.errors++;
    const known = row.failures.get(failure);
    if (known === undefined) row.failures.set(failure, { count: 1, example: example() });
    else known.count++;
  }

  censored(step: number, dueNs: number, sentNs: number | null, endNs: number): void {
    const row = this.#rows[step];
    if (row === undefined) return;
    (row.responseCensored ??= this.#pool.take()).record(endNs - dueNs);
    if (sentNs !== null) (row.serviceCensored ??= this.#pool.take()).record(endNs - sentNs);
  }

  dropped(step: number): void {
    const row = this.#rows[step];
    if (row !== undefined) row.dropped++;
  }

  connected(tookNs: number): void {
    (this.#connectTime ??= this.#pool.take()).record(tookNs);
  }

  get empty(): boolean {
    return (
      this.#connectTime === null &&
      this.#rows.every(
        (row) => row.arrivals + row.ok + row.errors + row.dropped === 0 && row.responseCensored === null,
      )
    );
  }

  /**
   * Encode one histogram a step (about 0.2 ms each), so that the engine can let requests through in between.
   * `total` gets the response times added. The histograms go back to the pool.
   */
  *encode(total: Histogram | null): Generator<HistogramSlice, void, void> {
    for (const [index, row] of this.#rows.entries()) {
      const tags = { name: this.#names[index] ?? '' };
      if (row.responseTime !== null) total?.add(row.responseTime);
      const clocks = [
        ['response_time', row.responseTime, row.responseCensored],
        ['service_time', row.serviceTime, row.serviceCensored],
        ['schedule_lag', row.scheduleLag, null],
      ] as const;
      for (const [metric, values, censored] of clocks) {
        if (values !== null || censored !== null) {
          yield { metric, tags, data: this.#release(values), censored: this.#release(censored) };
        }
      }
    }
    if (this.#connectTime !== null) {
      yield { metric: 'connect_time', tags: {}, data: this.#release(this.#connectTime), censored: nothing };
    }
  }

  counters(durationNs: number): CounterSlice[] {
    return this.#rows.flatMap((row, index) => {
      const tags = { name: this.#names[index] ?? '' };
      return [
        { metric: 'throughput', tags, count: row.ok, of: durationNs },
        { metric: 'errors', tags, count: row.errors, of: row.ok + row.errors },
        { metric: 'arrivals', tags, count: row.arrivals, of: durationNs },
        { metric: 'dropped_arrivals', tags, count: row.dropped, of: row.arrivals },
      ];
    });
  }

  errors(): ErrorSlice[] {
    return this.#rows.flatMap((row, index) =>
      Array.from(row.failures, ([name, { count, example }]) => ({
        class: name,
        tags: { name: this.#names[index] ?? '' },
        count,
        example,
      })),
    );
  }

  #release(histogram: Histogram | null): Uint8Array {
    if (histogram === null) return nothing;
    const data = histogram.encode();
    this.#pool.give(histogram);
    return data;
  }
}

const nothing = new Uint8Array(0);

function emptyRow(): Row {
  return {
    responseTime: null,
    serviceTime: null,
    scheduleLag: null,
    responseCensored: null,
    serviceCensored: null,
    arrivals: 0,
    ok: 0,
    errors: 0,
    dropped: 0,
    failures: new Map(),
  };
}
