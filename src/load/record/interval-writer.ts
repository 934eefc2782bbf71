import type { CounterSlice, GaugeSlice, HistogramSlice, Interval } from '../../model/interval.ts';
import type { EventLoop } from '../engine/event-loop.ts';
import type { IntervalDraft } from './interval-draft.ts';
import type { PhaseRun } from '../engine/phase-run.ts';

/** What an interval holds besides the operations. */
export interface IntervalExtras {
  /** Encoded as they are asked for. */
  readonly histograms: Iterable<HistogramSlice>;
  readonly gauges: readonly GaugeSlice[];
  readonly counters: readonly CounterSlice[];
}

interface Job {
  readonly run: PhaseRun;
  readonly draft: IntervalDraft;
  readonly slices: Iterator<HistogramSlice, void, void>;
  readonly done: HistogramSlice[];
  readonly startNs: number;
  readonly durationNs: number;
  readonly extras: IntervalExtras;
}

/**
 * Encodes intervals in the background of the load: one histogram a turn of the event loop, because all at once would
 * hold up requests for milliseconds every second and so measure itself.
 */
export class IntervalWriter {
  readonly #loop: EventLoop;
  readonly #sink: (interval: Interval) => void;
  readonly #originNs: number;
  readonly #jobs: Job[] = [];
  #scheduled = false;

  constructor(loop: EventLoop, sink: (interval: Interval) => void) {
    this.#loop = loop;
    this.#sink = sink;
    this.#originNs = loop.now();
  }

  /** Close the run's current interval and have it written. */
  take(run: PhaseRun, nowNs: number, extras: IntervalExtras): void {
    const draft = run.recorder.take();
    const startNs = run.takenNs;
    run.takenNs = nowNs;
    // what ends after its phase is told without time of its own: rates are over the phase
    const durationNs = run.over ? Math.max(0, Math.min(nowNs, run.endNs) - startNs) : nowNs - startNs;
    const total = run.plan.measured ? run.responseTime : null;
    this.#jobs.push({
      run,
      draft,
      slices: chain(draft.encode(total), extras.histograms),
      done: [],
      startNs: (run.over ? Math.min(startNs, run.endNs) : startNs) - this.#originNs,
      durationNs,
      extras,
    });
    this.#schedule();
  }

  /** Write what is left, now. */
  flush(): void {
    while (this.#jobs.length > 0) this.#step();
  }

  #schedule(): void {
    if (this.#scheduled || this.#jobs.length === 0) return;
    this.#scheduled = true;
    this.#loop.soon(() => {
      this.#scheduled = false;
      this.#step();
      this.#schedule();
    });
  }

  #step(): void {
    const job = this.#jobs[0];
    if (job === undefined) return;
    const next = job.slices.next();
    if (next.done !== true) {
      job.done.push(next.value);
      return;
    }
    this.#jobs.shift();
    const { run, draft, durationNs, extras } = job;
    this.#sink({
      startNs: job.startNs,
      durationNs,
      tags: { phase: run.plan.name },
      measured: run.plan.measured,
      histograms: job.done,
      counters: [...draft.counters(durationNs), ...extras.counters],
      gauges: extras.gauges,
      errors: draft.errors(),
    });
  }
}

function* chain(...parts: readonly Iterable<HistogramSlice>[]): Generator<HistogramSlice, void, void> {
  for (const part of parts) yield* part;
}
