import { IntervalDraft } from './interval-draft.ts';
import type { ErrorClass } from './error-class.ts';
import { counts, durations } from './extra-metrics.ts';
import type { CountMetric, DurationMetric } from './extra-metrics.ts';
import type { DraftRow } from './interval-draft.ts';
import type { HistogramPool } from './histogram-pool.ts';
import type { OperationParts, OperationTimes, SlowestOperations } from './slowest-operations.ts';
import type { Totals } from './totals.ts';
import type { StepFailure } from '../flows/exchange.ts';

export interface RecorderOptions {
  /** How long a dropped arrival is known to have had no reply, at the least. */
  readonly timeoutNs?: number;
  readonly phase?: string;
  /** Of the whole run; null in a phase that is not measured. */
  readonly slowest?: SlowestOperations | null;
}

/** A step, as failures of it are told. */
export interface RecordedStep {
  /** Position among all steps of the scenario. */
  readonly index: number;
  /** For error examples. */
  readonly label: string;
}

/**
 * Records how operations of one phase ended. Each is counted once, when it ends: as a success, an error (a
 * time-out is one), dropped, or cut at the end of the run. What has been recorded since the last `take` makes one
 * interval.
 *
 *     due ----------- sent ------------------- done
 *      |-schedule_lag-|------service_time-------|
 *      |-------------response_time--------------|
 */
export class Recorder {
  readonly totals: Totals = { arrivals: 0, ok: 0, errors: 0, dropped: 0, cut: 0 };
  /** Flows; between the steps of one a user may think, so that one may be under way with nothing pending. Spent: there is no data for more. */
  readonly flows = { started: 0, ended: 0, spent: false };
  /** Failures of the whole phase by class. */
  readonly errorTotals = new Map<ErrorClass, number>();

  readonly #rows: readonly DraftRow[];
  readonly #pool: HistogramPool;
  readonly #redact: (text: string) => string;
  readonly #timeoutNs: number;
  readonly #phase: string;
  readonly #slowest: SlowestOperations | null;
  #draft: IntervalDraft;

  constructor(
    rows: readonly DraftRow[],
    pool: HistogramPool,
    redact: (text: string) => string,
    { timeoutNs = 0, phase = '', slowest = null }: RecorderOptions = {},
  ) {
    this.#rows = rows;
    this.#pool = pool;
    this.#redact = redact;
    this.#timeoutNs = timeoutNs;
    this.#phase = phase;
    this.#slowest = slowest;
    this.#draft = new IntervalDraft(rows, pool);
  }

  /** Operations that are due and have not ended. */
  get pending(): number {
    const { arrivals, ok, errors, dropped, cut } = this.totals;
    return arrivals - ok - errors - dropped - cut;
  }

  /** Nothing was recorded since the last `take`. */
  get empty(): boolean {
    return this.#draft.empty;
  }

  arrived(step: number): void {
    // hot path
    this.totals.arrivals++;
    this.#draft.arrived(step);
  }

  /**
   * `parts`: what else its channel knows of it; null when nothing. Most replies come in one piece: their first byte came
   * when they were done, so their service time stands for both, and nothing more is recorded of them.
   */
  success(
    step: number,
    dueNs: number,
    sentNs: number,
    endNs: number,
    parts: OperationParts | null = null,
  ): void {
    // hot path
    this.totals.ok++;
    const inOnePiece = parts !== null && parts.firstByteNs === 0 && parts.requestedNs === sentNs;
    this.#draft.success(step, dueNs, sentNs, endNs, inOnePiece);
    if (parts !== null && !inOnePiece) this.#replyParts(step, parts, endNs);
    const slowest = this.#slowest;
    if (slowest !== null && endNs - dueNs > slowest.slowerThanNs)
      slowest.add(this.#placeOf(step), { dueNs, sentNs, endNs }, parts);
  }

  /** An operation that was done when it was sent, since nothing comes back. */
  sent(step: number, dueNs: number, sentNs: number): void {
    // hot path
    this.totals.ok++;
    this.#draft.sent(step, dueNs, sentNs);
  }

  /** A time within an operation, or between two things that happened. */
  duration(metric: DurationMetric, step: number, ns: number): void {
    // hot path
    this.#draft.duration(durations[metric], step, ns);
  }

  count(metric: CountMetric, step: number, by = 1): void {
    // hot path
    this.#draft.count(counts[metric], step, by);
  }

  /**
   * An operation that failed for good; it has no place among the latencies. A time-out took at least until its end,
   * so it is a censored sample, too.
   */
  failed(
    { index, label }: RecordedStep,
    { failure, detail }: StepFailure,
    times: OperationTimes,
    parts: OperationParts | null = null,
  ): void {
    const { dueNs, sentNs, endNs } = times;
    this.totals.errors++;
    this.errorTotals.set(failure, (this.errorTotals.get(failure) ?? 0) + 1);
    if (failure === 'timeout' || failure === 'connect_timeout')
      this.#draft.censored(index, dueNs, sentNs, endNs);
    this.#draft.failure(index, failure, () => this.#example(label, detail));
    this.#noteFailed(index, failure, times, parts);
  }

  /**
   * An arrival that found the queue full and is never sent. No reply came within the time-out, nor ever will, so that
   * is how long it took at the least: its short time in the queue would say that the server was quick.
   */
  dropped(step: number, dueNs: number, nowNs: number): void {
    this.totals.dropped++;
    this.#draft.dropped(step);
    this.#draft.censored(step, dueNs, null, Math.max(nowNs, dueNs + this.#timeoutNs));
  }

  /** A user that keeps a pace starts its next flow; `late` when the one before took longer than the pace allows. */
  paced(step: number, late: boolean): void {
    this.#draft.paced(step, late);
  }

  /** The run ended before it did. Counted among the failures, unless the run was aborted. */
  cut(step: RecordedStep, dueNs: number, sentNs: number | null, nowNs: number, aborted: boolean): void {
    this.totals.cut++;
    this.#draft.censored(step.index, dueNs, sentNs, nowNs);
    if (aborted) return;
    const what = sentNs === null ? 'not sent' : 'no reply';
    this.#draft.failure(step.index, 'unfinished', () =>
      this.#example(step.label, `${what} when the run ended`),
    );
    this.#noteFailed(step.index, 'unfinished', { dueNs, sentNs, endNs: nowNs }, null);
  }

  /** A connection opened; `tlsNs` of `tookNs` were the TLS handshake, 0 for none. */
  connected(tookNs: number, tlsNs = 0): void {
    this.#draft.connected(tookNs, tlsNs);
  }

  /** What was recorded since the last call. */
  take(): IntervalDraft {
    const draft = this.#draft;
    this.#draft = new IntervalDraft(this.#rows, this.#pool);
    return draft;
  }

  #replyParts(step: number, { requestedNs, firstByteNs }: OperationParts, endNs: number): void {
    // hot path
    const inPieces = firstByteNs !== 0;
    const firstNs = inPieces ? firstByteNs : endNs;
    this.#draft.duration(durations.time_to_first_byte, step, firstNs - requestedNs);
    if (inPieces) this.#draft.duration(durations.download_time, step, endNs - firstNs);
  }

  #noteFailed(step: number, failure: ErrorClass, times: OperationTimes, parts: OperationParts | null): void {
    const slowest = this.#slowest;
    if (slowest !== null && times.endNs - times.dueNs > slowest.slowerThanNs)
      slowest.add(this.#placeOf(step), times, parts, failure);
  }

  #placeOf(step: number): { readonly phase: string; readonly name: string } {
    return { phase: this.#phase, name: this.#rows[step]?.name ?? '' };
  }

  #example(label: string, detail: string): string {
    // control, bidirectional and other invisible characters
    const plain = `${label}: ${detail}`.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
    return this.#redact(plain).slice(0, maxExampleChars);
  }
}

const maxExampleChars = 200;
