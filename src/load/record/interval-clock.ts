import type { ResourceSample } from '../../measure/resources.ts';
import type { Histogram } from '../../measure/histogram.ts';
import type { HistogramSlice, Interval } from '../../model/interval.ts';
import type { EventLoop, Timer } from '../engine/event-loop.ts';
import { IntervalWriter } from './interval-writer.ts';
import type { HistogramPool } from './histogram-pool.ts';
import type { IntervalExtras } from './interval-writer.ts';
import type { PhaseRun } from '../engine/phase-run.ts';

export interface IntervalClockOptions {
  readonly loop: EventLoop;
  /** Wall clock in milliseconds, to notice a suspended machine. */
  readonly wallMs: () => number;
  readonly sampleResources: () => ResourceSample;
  /** How late the event loop was since the last call; the histogram goes to the pool. */
  readonly takeLoopDelay: () => Histogram | null;
  readonly pool: HistogramPool;
  readonly sink: (interval: Interval) => void;
  /** Every second. */
  readonly ticked: () => void;
}

const tickNs = 1e9;

/** Cuts the run into intervals: one a second and at the end of each phase, and watches the clocks while it does. */
export class IntervalClock {
  /** Longest time by which a tick was late. */
  maxLateNs = 0;
  /** Largest step of the wall clock against the monotonic one between two ticks. */
  maxStepNs = 0;

  readonly #options: IntervalClockOptions;
  readonly #runs: readonly PhaseRun[];
  readonly #writer: IntervalWriter;
  #timer: Timer | null = null;
  #nextNs = 0;
  #wallMs = 0;
  #wallAtNs = 0;

  /** `runs` grows as phases begin. */
  constructor(options: IntervalClockOptions, runs: readonly PhaseRun[]) {
    this.#options = options;
    this.#runs = runs;
    this.#writer = new IntervalWriter(options.loop, options.sink);
  }

  /** Tick every second from `now` (which may lie a little ahead) on: a phase begins. */
  start(now: number): void {
    this.#timer?.cancel();
    // what was used before (while connecting) belongs to no interval
    this.#options.sampleResources();
    const before = this.#options.takeLoopDelay();
    if (before !== null) this.#options.pool.give(before);
    this.#wallMs = this.#options.wallMs();
    this.#wallAtNs = now;
    this.#nextNs = now + tickNs;
    this.#arm(this.#options.loop.now());
  }

  /** Close the current interval of every phase that has something to tell. */
  cut(now: number): void {
    const carrier = this.#carrier();
    for (const run of this.#runs) {
      // after its end a phase tells only of operations that ended late
      const told = now <= run.takenNs || (run.over && run.takenNs >= run.endNs);
      if (!run.begun || (told && run.recorder.empty)) continue;
      const endNs = Math.max(now, run.takenNs + 1);
      this.#writer.take(run, endNs, this.#extras(run, endNs, run === carrier));
    }
  }

  /** The run is over: write everything. */
  stop(now: number): void {
    this.#timer?.cancel();
    this.cut(now);
    this.#writer.flush();
  }

  #arm(now: number): void {
    this.#timer = this.#options.loop.after(Math.max(0, this.#nextNs - now), () => this.#tick());
  }

  #tick(): void {
    const now = this.#options.loop.now();
    const wallMs = this.#options.wallMs();
    this.maxLateNs = Math.max(this.maxLateNs, now - this.#nextNs);
    this.maxStepNs = Math.max(
      this.maxStepNs,
      Math.abs((wallMs - this.#wallMs) * 1e6 - (now - this.#wallAtNs)),
    );
    this.#wallMs = wallMs;
    this.#wallAtNs = now;
    this.cut(now);
    this.#options.ticked();
    // a late tick makes one longer interval, not several short ones
    this.#nextNs += tickNs * Math.max(1, Math.ceil((now - this.#nextNs) / tickNs));
    this.#arm(now);
  }

  /** The phase whose intervals tell of the process: one of those that run beside each other. */
  #carrier(): PhaseRun | undefined {
    const runs = this.#runs;
    return (
      runs.findLast((run) => run.isActive && run.plan.with === null) ??
      runs.findLast((run) => run.isActive) ??
      runs.findLast((run) => run.begun)
    );
  }

  #extras(run: PhaseRun, now: number, isCarrier: boolean): IntervalExtras {
    const durationNs = run.over ? Math.max(0, Math.min(now, run.endNs) - run.takenNs) : now - run.takenNs;
    const ofProcess = isCarrier ? this.#processExtras(run, durationNs) : noExtras;
    const { lane } = run;
    // a phase that is over tells nothing of the lane that the next one has taken over
    if (run !== this.#runs.findLast((other) => other.begun && other.lane === lane)) return ofProcess;
    const { inFlight, waiting, connections } = lane.levels();
    const { bytesIn, bytesOut } = lane.traffic;
    lane.traffic.bytesIn = 0;
    lane.traffic.bytesOut = 0;
    return {
      histograms: ofProcess.histograms,
      gauges: [
        ...ofProcess.gauges,
        gauge('in_flight', inFlight),
        gauge('waiting', waiting),
        gauge('connections', connections),
      ],
      counters: [
        { metric: 'bytes_in', tags: {}, count: bytesIn, of: durationNs },
        { metric: 'bytes_out', tags: {}, count: bytesOut, of: durationNs },
        ...ofProcess.counters,
      ],
    };
  }

  /** Taken now, encoded when the writer comes to it. */
  #loopDelay(): Iterable<HistogramSlice> {
    const { takeLoopDelay, pool } = this.#options;
    const delays = takeLoopDelay();
    return (function* encode() {
      if (delays === null) return;
      yield { metric: 'loop_delay', tags: {}, data: delays.encode(), censored: nothing };
      pool.give(delays);
    })();
  }

  #processExtras(carrier: PhaseRun, durationNs: number): IntervalExtras {
    const sample = this.#options.sampleResources();
    for (const run of this.#runs) if (run === carrier || run.isActive) run.addSample(sample);
    return {
      histograms: this.#loopDelay(),
      gauges: [
        gauge('cpu', sample.wallNs > 0 ? sample.cpuNs / sample.wallNs : 0),
        gauge('rss', sample.rssBytes),
        gauge('heap_used', sample.heapUsedBytes),
      ],
      counters: [
        { metric: 'gc_time', tags: {}, count: sample.gcNs, of: durationNs },
        { metric: 'gc_count', tags: {}, count: sample.gcCount, of: durationNs },
      ],
    };
  }
}

const noExtras: IntervalExtras = { histograms: [], gauges: [], counters: [] };
const nothing = new Uint8Array(0);

function gauge(metric: string, value: number): IntervalExtras['gauges'][number] {
  return { metric, tags: {}, value };
}
