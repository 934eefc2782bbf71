import { Histogram } from '../../measure/histogram.ts';
import type { CounterSlice, ErrorSlice, HistogramSlice } from '../../model/interval.ts';
import type { ErrorClass } from '../record/error-class.ts';
import type { RequestEvents } from './client-watch.ts';

/** Shown with every latency, since another clock took it than that of the other runs. */
export const autocannonNote =
  'measured by autocannon, its correction off: process.hrtime (ns) from writing a request to the end of its reply, the first of a connection with connecting; sent when due, so service_time is response_time';

interface Row {
  readonly latency: Histogram;
  censored: Histogram | null;
  sent: number;
  ok: number;
  errors: number;
  readonly failures: Map<ErrorClass, { count: number; readonly example: string }>;
}

/** What happened to the requests of a phase since the last `take`. */
export class IntervalRecorder implements RequestEvents {
  /** Failures of the whole phase by class. */
  readonly errorTotals = new Map<ErrorClass, number>();
  /** Requests that have ended. */
  ended = 0;
  readonly #names: readonly string[];
  readonly #redact: (text: string) => string;
  #rows: Row[];
  #bytesIn = 0;

  constructor(names: readonly string[], redact: (text: string) => string) {
    this.#names = names;
    this.#redact = redact;
    this.#rows = names.map(emptyRow);
  }

  sent = (step: number): void => {
    // hot path
    const row = this.#rows[step];
    if (row !== undefined) row.sent++;
  };

  ok = (step: number, latencyNs: number, bytes: number): void => {
    // hot path
    const row = this.#rows[step];
    if (row === undefined) return;
    this.ended++;
    this.#bytesIn += bytes;
    row.ok++;
    row.latency.record(latencyNs);
  };

  failed = (step: number, failure: ErrorClass, example: string, bytes: number): void => {
    const row = this.#rows[step];
    if (row === undefined) return;
    this.ended++;
    this.#bytesIn += bytes;
    row.errors++;
    this.errorTotals.set(failure, (this.errorTotals.get(failure) ?? 0) + 1);
    const known = row.failures.get(failure);
    if (known !== undefined) known.count++;
    else row.failures.set(failure, { count: 1, example: this.#example(step, example) });
  };

  cut = (step: number, atLeastNs: number): void => {
    const row = this.#rows[step];
    if (row !== undefined) (row.censored ??= new Histogram()).record(atLeastNs);
  };

  /** The slices of an interval of `durationNs`; what follows belongs to the next. */
  take(durationNs: number): {
    histograms: HistogramSlice[];
    counters: CounterSlice[];
    errors: ErrorSlice[];
  } {
    const rows = this.#rows;
    this.#rows = this.#names.map(emptyRow);
    const bytesIn = this.#bytesIn;
    this.#bytesIn = 0;
    const named = rows.map((row, index) => ({ row, tags: { name: this.#names[index] ?? '' } }));
    const slices = {
      histograms: named.flatMap(({ row, tags }) => histogramsOf(row, tags)),
      counters: [
        ...named.flatMap(({ row, tags }) => countersOf(row, tags, durationNs)),
        { metric: 'bytes_in', tags: {}, count: bytesIn, of: durationNs },
      ],
      errors: named.flatMap(({ row, tags }) =>
        Array.from(row.failures, ([name, { count, example }]) => ({ class: name, tags, count, example })),
      ),
    };
    for (const row of rows) destroyRow(row);
    return slices;
  }

  /** Free the memory of the histograms. */
  destroy(): void {
    for (const row of this.#rows) destroyRow(row);
    this.#rows = [];
  }

  #example(step: number, text: string): string {
    const plain = `${this.#names[step] ?? ''}: ${text}`.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
    return this.#redact(plain).slice(0, 200);
  }
}

function emptyRow(): Row {
  return { latency: new Histogram(), censored: null, sent: 0, ok: 0, errors: 0, failures: new Map() };
}

function destroyRow(row: Row): void {
  row.latency.destroy();
  row.censored?.destroy();
}

function histogramsOf({ latency, censored }: Row, tags: { name: string }): HistogramSlice[] {
  if (latency.count === 0 && censored === null) return [];
  const values = {
    tags,
    data: latency.count === 0 ? new Uint8Array(0) : latency.encode(),
    censored: censored?.encode() ?? new Uint8Array(0),
    note: autocannonNote,
  };
  return [
    { metric: 'response_time', ...values },
    { metric: 'service_time', ...values },
  ];
}

function countersOf({ sent, ok, errors }: Row, tags: { name: string }, durationNs: number): CounterSlice[] {
  return [
    { metric: 'throughput', tags, count: ok, of: durationNs },
    { metric: 'errors', tags, count: errors, of: ok + errors },
    { metric: 'arrivals', tags, count: sent, of: durationNs },
  ];
}
