import { IntervalDraft } from './interval-draft.ts';
import type { ErrorClass } from './error-class.ts';
import type { HistogramPool } from './histogram-pool.ts';
import type { Totals } from './totals.ts';

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
  /** Failures of the whole phase by class. */
  readonly errorTotals = new Map<ErrorClass, number>();

  readonly #names: readonly string[];
  readonly #pool: HistogramPool;
  readonly #redact: (text: string) => string;
  #draft: IntervalDraft;

  constructor(names: readonly string[], pool: HistogramPool, redact: (text: string) => string) {
    this.#names = names;
    this.#pool = pool;
    this.#redact = redact;
    this.#draft = new IntervalDraft(names, pool);
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

  success(step: number, dueNs: number, sentNs: number, endNs: number): void {
    // hot path
    this.totals.ok++;
    this.#draft.success(step, dueNs, sentNs, endNs);
  }

  /** An operation that failed for good; it has no place among the latencies. */
  failure(step: number, failure: ErrorClass, label: string, detail: string): void {
    this.totals.errors++;
    this.errorTotals.set(failure, (this.errorTotals.get(failure) ?? 0) + 1);
    this.#draft.failure(step, failure, () => this.#example(label, detail));
  }

  /** It took at least until `endNs`; `sentNs` is null when it was never sent. Called beside `failure` for a time-out. */
  censored(step: number, dueNs: number, sentNs: number | null, endNs: number): void {
    this.#draft.censored(step, dueNs, sentNs, endNs);
  }

  dropped(step: number, dueNs: number, nowNs: number): void {
    this.totals.dropped++;
    this.#draft.dropped(step);
    this.#draft.censored(step, dueNs, null, nowNs);
  }

  /** The run ended before it did. Counted among the failures, unless the run was aborted. */
  cut(
    step: { readonly index: number; readonly label: string },
    dueNs: number,
    sentNs: number | null,
    nowNs: number,
    aborted: boolean,
  ): void {
    this.totals.cut++;
    this.#draft.censored(step.index, dueNs, sentNs, nowNs);
    if (aborted) return;
    const what = sentNs === null ? 'not sent' : 'no reply';
    this.#draft.failure(step.index, 'unfinished', () =>
      this.#example(step.label, `${what} when the run ended`),
    );
  }

  connected(tookNs: number): void {
    this.#draft.connected(tookNs);
  }

  /** What was recorded since the last call. */
  take(): IntervalDraft {
    const draft = this.#draft;
    this.#draft = new IntervalDraft(this.#names, this.#pool);
    return draft;
  }

  #example(label: string, detail: string): string {
    // control, bidirectional and other invisible characters
    const plain = `${label}: ${detail}`.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
    return this.#redact(plain).slice(0, maxExampleChars);
  }
}

const maxExampleChars = 200;
