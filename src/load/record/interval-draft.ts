import type { Histogram } from '../../measure/histogram.ts';
import type { CounterSlice, ErrorSlice, HistogramSlice } from '../../model/interval.ts';
import type { ErrorClass } from './error-class.ts';
import { counts, durations, requestClocks } from './extra-metrics.ts';
import type { ClockNames } from './extra-metrics.ts';
import type { HistogramPool } from './histogram-pool.ts';

/** One name's share of an interval. A histogram is taken from the pool when the first value comes. */
interface Row {
  responseTime: Histogram | null;
  serviceTime: Histogram | null;
  /** Of replies that came in one piece: their times to the first byte, too. */
  serviceInOnePiece: Histogram | null;
  scheduleLag: Histogram | null;
  responseCensored: Histogram | null;
  serviceCensored: Histogram | null;
  arrivals: number;
  ok: number;
  errors: number;
  dropped: number;
  /** Flows of users that keep a pace, and those of them that started late. */
  paced: number;
  late: number;
  /** By the places of `durations` and `counts`. */
  readonly durations: (Histogram | null)[];
  readonly counts: Float64Array;
  readonly failures: Map<ErrorClass, { count: number; readonly example: string }>;
}

/** One name in the intervals. */
export interface DraftRow {
  readonly name: string;
  readonly clocks: ClockNames;
}

/** Everything recorded in one interval of one phase, before it is encoded. */
export class IntervalDraft {
  readonly #names: readonly DraftRow[];
  readonly #pool: HistogramPool;
  readonly #rows: readonly Row[];
  #connectTime: Histogram | null = null;
  #tlsTime: Histogram | null = null;

  constructor(names: readonly DraftRow[], pool: HistogramPool) {
    this.#names = names;
    this.#pool = pool;
    this.#rows = names.map(emptyRow);
  }

  arrived(step: number): void {
    // hot path
    const row = this.#rows[step];
    if (row !== undefined) row.arrivals++;
  }

  success(step: number, dueNs: number, sentNs: number, endNs: number, inOnePiece: boolean): void {
    // hot path
    const row = this.#rows[step];
    if (row === undefined) return;
    row.ok++;
    (row.responseTime ??= this.#pool.take()).record(endNs - dueNs);
    if (inOnePiece) (row.serviceInOnePiece ??= this.#pool.take()).record(endNs - sentNs);
    else (row.serviceTime ??= this.#pool.take()).record(endNs - sentNs);
    (row.scheduleLag ??= this.#pool.take()).record(sentNs - dueNs);
  }

  /** Done when it was sent: nothing comes back. */
  sent(step: number, dueNs: number, sentNs: number): void {
    // hot path
    const row = this.#rows[step];
    if (row === undefined) return;
    row.ok++;
    (row.scheduleLag ??= this.#pool.take()).record(sentNs - dueNs);
  }

  duration(metric: number, step: number, ns: number): void {
    // hot path
    const row = this.#rows[step];
    if (row !== undefined) (row.durations[metric] ??= this.#pool.take()).record(ns);
  }

  count(metric: number, step: number, by: number): void {
    // hot path
    const row = this.#rows[step];
    if (row !== undefined) row.counts[metric] = (row.counts[metric] ?? 0) + by;
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

  paced(step: number, late: boolean): void {
    const row = this.#rows[step];
    if (row === undefined) return;
    row.paced++;
    if (late) row.late++;
  }

  connected(tookNs: number, tlsNs: number): void {
    (this.#connectTime ??= this.#pool.take()).record(tookNs);
    if (tlsNs > 0) (this.#tlsTime ??= this.#pool.take()).record(tlsNs);
  }

  get empty(): boolean {
    return (
      this.#connectTime === null &&
      this.#rows.every(
        (row) =>
          row.arrivals + row.ok + row.errors + row.dropped === 0 &&
          row.responseCensored === null &&
          row.durations.every((one) => one === null) &&
          row.counts.every((one) => one === 0),
      )
    );
  }

  /**
   * Encode one histogram a step (about 0.2 ms each), so that the engine can let requests through in between.
   * `total` gets the response times added. The histograms go back to the pool.
   */
  *encode(total: Histogram | null): Generator<HistogramSlice, void, void> {
    for (const [index, row] of this.#rows.entries()) {
      const { name, clocks: of } = this.#rowAt(index);
      const tags = { name };
      if (row.responseTime !== null) total?.add(row.responseTime);
      this.#spread(row);
      const clocks = [
        [of.response, row.responseTime, row.responseCensored],
        [of.service, row.serviceTime, row.serviceCensored],
        ['schedule_lag', row.scheduleLag, null],
      ] as const;
      for (const [metric, values, censored] of clocks) {
        if (values !== null || censored !== null) {
          yield { metric, tags, data: this.#release(values), censored: this.#release(censored) };
        }
      }
      for (const [metric, place] of Object.entries(durations)) {
        const values = row.durations[place] ?? null;
        if (values !== null) yield { metric, tags, data: this.#release(values), censored: nothing };
      }
    }
    if (this.#connectTime !== null) {
      yield { metric: 'connect_time', tags: {}, data: this.#release(this.#connectTime), censored: nothing };
    }
    if (this.#tlsTime !== null) {
      yield { metric: 'tls_time', tags: {}, data: this.#release(this.#tlsTime), censored: nothing };
    }
  }

  /** Service times of replies in one piece are put where they belong: among all, and among the first bytes. */
  #spread(row: Row): void {
    const both = row.serviceInOnePiece;
    if (both === null) return;
    row.serviceInOnePiece = null;
    const first = (row.durations[durations.time_to_first_byte] ??= this.#pool.take());
    first.add(both);
    if (row.serviceTime === null) {
      row.serviceTime = both;
      return;
    }
    row.serviceTime.add(both);
    this.#pool.give(both);
  }

  counters(durationNs: number): CounterSlice[] {
    return this.#rows.flatMap((row, index) => {
      const tags = { name: this.#rowAt(index).name };
      const extra = Object.entries(counts).flatMap(([metric, place]) => {
        const count = row.counts[place] ?? 0;
        return count === 0 ? [] : [{ metric, tags, count, of: durationNs }];
      });
      return [
        ...extra,
        { metric: 'throughput', tags, count: row.ok, of: durationNs },
        { metric: 'errors', tags, count: row.errors, of: row.ok + row.errors },
        { metric: 'arrivals', tags, count: row.arrivals, of: durationNs },
        { metric: 'dropped_arrivals', tags, count: row.dropped, of: row.arrivals },
        ...(row.paced > 0 ? [{ metric: 'late_starts', tags, count: row.late, of: row.paced }] : []),
      ];
    });
  }

  errors(): ErrorSlice[] {
    return this.#rows.flatMap((row, index) =>
      Array.from(row.failures, ([name, { count, example }]) => ({
        class: name,
        tags: { name: this.#rowAt(index).name },
        count,
        example,
      })),
    );
  }

  #rowAt(index: number): DraftRow {
    return this.#names[index] ?? { name: '', clocks: requestClocks };
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
    serviceInOnePiece: null,
    scheduleLag: null,
    responseCensored: null,
    serviceCensored: null,
    arrivals: 0,
    ok: 0,
    errors: 0,
    dropped: 0,
    paced: 0,
    late: 0,
    durations: Object.keys(durations).map(() => null),
    counts: new Float64Array(Object.keys(counts).length),
    failures: new Map(),
  };
}
