import { encodeBuckets } from './encode-buckets.ts';
import { emptyReading } from './server-reading.ts';
import type { CounterSlice, Interval } from '../../model/interval.ts';
import type { CounterGrowth, ServerReading } from './server-reading.ts';

/** A phase in series that has told of itself. */
interface Stretch {
  readonly tags: Interval['tags'];
  readonly measured: boolean;
  readonly startNs: number;
  endNs: number;
}

/** After so long without a phase in series, one that runs beside it carries the readings. */
const silenceNs = 1.5e9;

/**
 * Puts readings of the server, taken by the clock of this thread, into the intervals of the load, which count from the
 * start of the run: the start is taken from when intervals come, at the earliest when they are over. A reading belongs to
 * the interval in which it was taken, of the phase in series. What was counted from one phase into the next is shared out
 * by time; what was counted around the start of the load and after its end belongs to the load.
 */
export class TimeLine {
  readonly #beside: ReadonlySet<string>;
  #originNs = Infinity;
  #waiting: ServerReading[] = [];
  #now: Stretch | null = null;
  /** Operations of phases beside, which the next interval of the phase in series takes. */
  #operations = 0;
  /** Whether the CPU time of the last interval is known. */
  #hasProcess = false;

  /** Names of the phases that run beside others. */
  constructor(beside: readonly string[]) {
    this.#beside = new Set(beside);
  }

  /** Readings come in order of their time. */
  add(reading: ServerReading): void {
    this.#waiting.push(reading);
  }

  /** Whether the interval will take readings in. */
  carries({ tags, startNs, durationNs }: Interval): boolean {
    if (durationNs === 0) return false;
    if (!this.#beside.has(tags['phase'] ?? '')) return true;
    const lastNs = this.#now?.endNs ?? 0;
    return startNs + durationNs > lastNs + silenceNs;
  }

  /** What becomes of an interval that came at `atNs`: itself with the readings in it, perhaps more for the phase before. */
  place(interval: Interval, atNs: number): readonly Interval[] {
    const endNs = interval.startNs + interval.durationNs;
    if (interval.durationNs > 0) this.#originNs = Math.min(this.#originNs, atNs - endNs);
    const operations = operationsOf(interval);
    if (!this.carries(interval)) return [this.#aside(interval, operations)];
    const before = this.#now;
    const isNew = before === null || before.tags['phase'] !== interval.tags['phase'];
    const stretch = isNew
      ? { tags: interval.tags, measured: interval.measured, startNs: interval.startNs, endNs }
      : before;
    stretch.endNs = endNs;
    this.#now = stretch;
    const due = this.#waiting.filter((reading) => reading.atNs - this.#originNs <= endNs);
    this.#waiting = this.#waiting.filter((reading) => reading.atNs - this.#originNs > endNs);
    const earlier: ServerReading[] = [];
    const own = due.map((reading) => {
      const [old, now] = isNew && before !== null ? this.#split(reading, stretch.startNs) : [null, reading];
      if (old !== null) earlier.push(old);
      return now;
    });
    // operations after the process has gone would make those before look cheap
    this.#hasProcess = due.some(({ counters }) => counters.some(({ per }) => per === 'operations'));
    const all = { operations: operations + this.#operations, startNs: stretch.startNs };
    this.#operations = 0;
    const filled = this.#fill(interval, own, all);
    if (before === null || earlier.length === 0) return [filled];
    const late = lateInterval(before);
    return [this.#fill(late, earlier, { operations: 0, startNs: before.startNs }), filled];
  }

  /** What is left when the load is over, with a last reading. */
  finish(): readonly Interval[] {
    const last = this.#now;
    const left = this.#waiting;
    this.#waiting = [];
    if (last === null || (left.length === 0 && this.#operations === 0)) return [];
    const own = left.map((reading) => ({
      ...reading,
      atNs: Math.max(reading.fromNs, Math.min(reading.atNs, last.endNs + this.#originNs)),
    }));
    return [this.#fill(lateInterval(last), own, { operations: this.#operations, startNs: last.startNs })];
  }

  /** An operation that ended late belongs to its own phase; phases beside have no CPU time of their own. */
  #aside(interval: Interval, operations: number): Interval {
    if (operations === 0) return interval;
    if (this.#beside.has(interval.tags['phase'] ?? '')) {
      this.#operations += operations;
      return interval;
    }
    return this.#fill(interval, [], { operations, startNs: interval.startNs });
  }

  /** The part before the phase began, and the rest. Readings themselves are of the rest. */
  #split(reading: ServerReading, startNs: number): [ServerReading | null, ServerReading] {
    const boundaryNs = startNs + this.#originNs;
    const { fromNs, atNs } = reading;
    if (fromNs >= boundaryNs || atNs <= fromNs) return [null, reading];
    const share = Math.min(1, (boundaryNs - fromNs) / (atNs - fromNs));
    const { counters, histograms } = reading;
    const split = counters.filter(({ per }) => per !== 'attempts');
    const whole = counters.filter(({ per }) => per === 'attempts');
    const before = split.map((one) => ({ ...one, count: partOf(one.count, share) }));
    const after = split.map((one) => ({ ...one, count: one.count - partOf(one.count, share) }));
    const old = {
      ...emptyReading(fromNs, boundaryNs),
      counters: before,
      histograms: share > 0.5 ? histograms : [],
      metrics: reading.metrics,
    };
    const now = {
      ...reading,
      fromNs: Math.min(boundaryNs, atNs),
      counters: [...after, ...whole],
      histograms: share > 0.5 ? [] : histograms,
      metrics: [],
    };
    return [old, now];
  }

  #fill(
    interval: Interval,
    readings: readonly ServerReading[],
    { operations, startNs }: { readonly operations: number; readonly startNs: number },
  ): Interval {
    const metrics = readings.flatMap((reading) => reading.metrics);
    const counters = readings.flatMap((reading) => {
      // what was counted before the load began was counted for it
      const fromNs = Math.max(reading.fromNs, startNs + this.#originNs);
      const ofNs = Math.max(0, reading.atNs - fromNs);
      return reading.counters.map((one) => toSlice(one, ofNs));
    });
    if (operations > 0 && this.#hasProcess) counters.push(operationSlice(operations));
    return {
      ...interval,
      gauges: [...interval.gauges, ...readings.flatMap((reading) => reading.gauges)],
      counters: [...interval.counters, ...merged(counters)],
      histograms: [
        ...interval.histograms,
        ...readings.flatMap((reading) => reading.histograms.flatMap((growth) => encodeBuckets(growth) ?? [])),
      ],
      errors: [...interval.errors, ...readings.flatMap((reading) => reading.errors)],
      ...(metrics.length > 0 && { metrics: [...(interval.metrics ?? []), ...metrics] }),
    };
  }
}

/** What comes after a phase is added to its last interval. */
function lateInterval({ tags, measured, endNs }: Stretch): Interval {
  return {
    startNs: endNs,
    durationNs: 0,
    tags,
    measured,
    histograms: [],
    counters: [],
    gauges: [],
    errors: [],
  };
}

/** Events stay whole. */
function partOf(count: number, share: number): number {
  return Number.isInteger(count) ? Math.round(count * share) : count * share;
}

/** Operations that have ended, well or not. */
function operationsOf({ counters }: Interval): number {
  let sum = 0;
  for (const { metric, of } of counters) if (metric === 'errors') sum += of;
  return sum;
}

function toSlice({ metric, tags, count, per }: CounterGrowth, ofNs: number): CounterSlice {
  return { metric, tags, count, of: per === 'time' ? ofNs : per === 'attempts' ? 1 : 0 };
}

function operationSlice(operations: number): CounterSlice {
  return { metric: 'server.cpu_time', tags: {}, count: 0, of: operations };
}

/** Several readings in one interval follow each other. */
function merged(slices: readonly CounterSlice[]): CounterSlice[] {
  const byKey = Map.groupBy(slices, ({ metric, tags }) => JSON.stringify([metric, tags]));
  return [...byKey.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const count = group.reduce((sum, one) => sum + one.count, 0);
    return [{ ...first, count, of: group.reduce((sum, one) => sum + one.of, 0) }];
  });
}
