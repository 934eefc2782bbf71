import { Distribution } from '../../measure/distribution.ts';
import type { Interval } from '../../model/interval.ts';
import type { Plan } from '../../model/plan.ts';

/** What a view shows of one slice of a run: a second of a load (over all threads and phases), or a round of a bench. */
export interface Figures {
  /** Counts up; figures with a number that came before are a later state of the same slice. */
  readonly slice: number;
  readonly durationNs: number;
  /** False in a warm-up. */
  readonly measured: boolean;
  /** `phase` of a load, `subject` (and concurrency) of a bench. */
  readonly of: string;
  /** Load: the subject and round that it is of; empty where there is one server only. */
  readonly segment: string;
  readonly succeeded: number;
  readonly failed: number;
  /** Operations that fell due; null where none are told (bench). */
  readonly due: number | null;
  /** Of response_time (load) or op_duration (bench); null without samples. */
  readonly p50Ns: number | null;
  readonly p95Ns: number | null;
  readonly p99Ns: number | null;
  /** From due to sent. */
  readonly lagP99Ns: number | null;
  readonly loopDelayNs: number | null;
  /** Latest readings by metric, such as `in_flight`, `cpu`; added up over threads, but for `cpu`: the busiest. */
  readonly gauges: Readonly<Record<string, number>>;
  readonly errors: readonly { readonly class: string; readonly count: number; readonly example: string }[];
}

/** Reads figures from intervals, which may come from several threads and phases for one second. */
export interface FigureReader {
  readonly add: (interval: Interval) => Figures;
  readonly destroy: () => void;
}

const latencies = {
  load: ['response_time'],
  bench: ['op_duration', 'response_time'],
} satisfies Record<Plan['kind'], readonly string[]>;

/** A rate over less says little. */
const shortNs = 250e6;

export function createFigureReader(kind: Plan['kind']): FigureReader {
  let slice = 0;
  let current: Interval[] = [];
  const latency = new Reused();
  const lag = new Reused();
  const delay = new Reused();

  function belongs(interval: Interval): boolean {
    const first = current[0];
    if (first === undefined || kind === 'bench' || segmentOf(interval) !== segmentOf(first)) return false;
    // what is left of a phase at its end, and what ended after it, makes no second of its own
    if (interval.measured && !first.measured) return false;
    return interval.durationNs < shortNs || interval.startNs < first.startNs + first.durationNs / 2;
  }

  return {
    add: (interval) => {
      if (!belongs(interval)) {
        slice++;
        current = [];
        for (const one of [latency, lag, delay]) one.clear();
      }
      current.push(interval);
      const metric = latencies[kind].find((name) => has(current, name));
      for (const one of interval.histograms) {
        if (one.metric === metric) latency.add(one);
        else if (one.metric === 'schedule_lag') lag.add(one);
        else if (one.metric === 'loop_delay') delay.add(one);
      }
      return {
        slice,
        durationNs: Math.max(...current.map((one) => one.durationNs)),
        measured: current.some((one) => one.measured),
        of: nameOf(current),
        segment: kind === 'load' ? segmentOf(interval) : '',
        succeeded: total(current, 'throughput'),
        failed: total(current, 'errors'),
        due: has(current, 'arrivals') ? total(current, 'arrivals') : null,
        p50Ns: latency.at(50),
        p95Ns: latency.at(95),
        p99Ns: latency.at(99),
        lagP99Ns: lag.at(99),
        loopDelayNs: delay.at(99),
        gauges: readings(current),
        errors: current.flatMap((one) => one.errors),
      };
    },
    destroy: () => {
      for (const one of [latency, lag, delay]) one.clear();
    },
  };
}

/** A distribution that is made when something comes, and freed with its slice. */
class Reused {
  #values: Distribution | null = null;

  add(slice: { readonly data: Uint8Array; readonly censored: Uint8Array }): void {
    this.#values ??= new Distribution();
    this.#values.addSlice(slice);
  }

  at(percentile: number): number | null {
    return this.#values === null || this.#values.count === 0 ? null : this.#values.valueAt(percentile).value;
  }

  clear(): void {
    this.#values?.destroy();
    this.#values = null;
  }
}

function has(intervals: readonly Interval[], metric: string): boolean {
  return intervals.some(
    (one) =>
      one.histograms.some((slice) => slice.metric === metric) ||
      one.counters.some((slice) => slice.metric === metric),
  );
}

function total(intervals: readonly Interval[], metric: string): number {
  let sum = 0;
  for (const { counters } of intervals)
    for (const slice of counters) if (slice.metric === metric) sum += slice.count;
  return sum;
}

function readings(intervals: readonly Interval[]): Record<string, number> {
  const values = new Map<string, number>();
  for (const { gauges } of intervals) {
    for (const { metric, value } of gauges) {
      const before = values.get(metric);
      const both = metric === 'cpu' ? Math.max(before ?? 0, value) : (before ?? 0) + value;
      values.set(metric, both);
    }
  }
  return Object.fromEntries(values);
}

function segmentOf({ tags: { subject, round } }: Interval): string {
  return subject === undefined ? '' : `${subject} ${round ?? ''}`;
}

function nameOf(intervals: readonly Interval[]): string {
  const names = intervals.map(({ tags }) => {
    const { phase, subject, concurrency } = tags;
    return phase ?? `${subject ?? ''}${concurrency === undefined ? '' : ` x${concurrency}`}`;
  });
  return [...new Set(names)].join(' + ');
}
