import type { ResourceSample } from '../../measure/resources.ts';
import type { Interval } from '../../model/interval.ts';
import type { Traffic } from '../connections/connection.ts';
import type { EventLoop, Timer } from '../engine/event-loop.ts';
import { IntervalWriter } from './interval-writer.ts';
import type { IntervalExtras } from './interval-writer.ts';
import type { PhaseRun } from '../engine/phase-run.ts';

export interface IntervalClockOptions {
  readonly loop: EventLoop;
  /** Wall clock in milliseconds, to notice a suspended machine. */
  readonly wallMs: () => number;
  readonly sampleResources: () => ResourceSample;
  readonly sink: (interval: Interval) => void;
  readonly traffic: Traffic;
  /** Operations on connections, arrivals that wait, open connections: now. */
  readonly levels: () => {
    readonly inFlight: number;
    readonly waiting: number;
    readonly connections: number;
  };
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

  /** `runs` grows as phases begin; the last one is the current one. */
  constructor(options: IntervalClockOptions, runs: readonly PhaseRun[]) {
    this.#options = options;
    this.#runs = runs;
    this.#writer = new IntervalWriter(options.loop, options.sink);
  }

  /** Tick every second from now on: a phase begins. */
  start(now: number): void {
    this.#timer?.cancel();
    // what was used before (while connecting) belongs to no interval
    this.#options.sampleResources();
    this.#wallMs = this.#options.wallMs();
    this.#wallAtNs = now;
    this.#nextNs = now + tickNs;
    this.#arm(now);
  }

  /** Close the current interval of every phase that has something to tell. */
  cut(now: number): void {
    const current = this.#runs.at(-1);
    for (const run of this.#runs) {
      // after its end a phase tells only of operations that ended late
      const told = now <= run.takenNs || (run.over && run.takenNs >= run.endNs);
      if (!run.begun || (told && run.recorder.empty)) continue;
      const endNs = Math.max(now, run.takenNs + 1);
      this.#writer.take(run, endNs, run === current ? this.#extras(run, endNs) : noExtras);
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

  #extras(run: PhaseRun, now: number): IntervalExtras {
    const { traffic, levels, sampleResources } = this.#options;
    const sample = sampleResources();
    run.addSample(sample);
    const durationNs = run.over ? Math.max(0, Math.min(now, run.endNs) - run.takenNs) : now - run.takenNs;
    const { bytesIn, bytesOut } = traffic;
    traffic.bytesIn = 0;
    traffic.bytesOut = 0;
    const { inFlight, waiting, connections } = levels();
    return {
      gauges: [
        gauge('cpu', sample.wallNs > 0 ? sample.cpuNs / sample.wallNs : 0),
        gauge('rss', sample.rssBytes),
        gauge('heap_used', sample.heapUsedBytes),
        gauge('in_flight', inFlight),
        gauge('waiting', waiting),
        gauge('connections', connections),
      ],
      counters: [
        { metric: 'bytes_in', tags: {}, count: bytesIn, of: durationNs },
        { metric: 'bytes_out', tags: {}, count: bytesOut, of: durationNs },
        { metric: 'gc_time', tags: {}, count: sample.gcNs, of: durationNs },
        { metric: 'gc_count', tags: {}, count: sample.gcCount, of: durationNs },
      ],
    };
  }
}

const noExtras: IntervalExtras = { gauges: [], counters: [] };

function gauge(metric: string, value: number): IntervalExtras['gauges'][number] {
  return { metric, tags: {}, value };
}
