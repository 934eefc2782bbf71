import type { DurationSummary } from '../internal/duration-histogram.ts';
import type { Alert, ThresholdRule } from './thresholds.ts';
import type { SystemMetric } from './system-use.ts';
import type { Timers } from '../internal/timers.ts';

export interface MonitorOptions {
  /** Time between two samples. @default 1000 */
  readonly sampleIntervalMs?: number;
  /** Samples kept; then the oldest makes room. Each metric takes 8 bytes a sample. @default 600 */
  readonly bufferSize?: number;
  /** CPU, memory, event loop, garbage collection, disk and network. @default true */
  readonly systemMetrics?: boolean;
  /** Counters, gauges and timings; when off, recording one does nothing. @default true */
  readonly customMetrics?: boolean;
  /** Spans; when off, `startSpan` gives one that does nothing. @default true */
  readonly traceMetrics?: boolean;
  /** Most columns of numbers; what comes beyond is counted in `stats().refused`. @default 500 */
  readonly maxMetrics?: number;
  /** Alerts. @default none */
  readonly thresholds?: readonly ThresholdRule[];
  /** Called at the start of each sample, to set gauges that somebody has to read first. It must not throw. */
  readonly beforeSample?: () => void;
  /** Told of each alert that is raised or cleared, within the sample. What it throws becomes an uncaught exception. */
  readonly onAlert?: (alert: Alert) => void;
  /** Monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
  /** @default setTimeout and clearTimeout; the timer keeps no process alive */
  readonly timers?: Timers;
  /** What the process uses. @default /proc/self, process.memoryUsage and perf_hooks */
  readonly readSystem?: SystemReader;
}

/** Reads what is used in all since the process began (cpuMs, bytes), or now (rss, handles). */
export interface SystemReader {
  read(): SystemReading;
  close(): void;
}

/** A metric that the platform does not tell of is left out. */
export type SystemReading = Readonly<Partial<Record<SystemMetric, number>>>;

/** Something that only grows, such as requests or bytes. Its column is what was added a second. */
export interface Counter {
  /** @throws RangeError when the amount is negative or no number */
  add(amount?: number): void;
  readonly total: number;
}

/** Something that goes up and down. Its column is the last value. */
export interface Gauge {
  set(value: number): void;
  readonly value: number;
}

/** Durations. Columns of the time since the last sample: `.count`, `.mean_ms`, `.p50_ms`, `.p95_ms`, `.p99_ms`, `.max_ms`. */
export interface Timing {
  record(durationMs: number): void;
  /** Of all that was recorded. O(buckets). */
  summary(): DurationSummary;
}

/** A piece of work that is under way. Its name has the columns of a timing, and `.errors`. */
export interface Span {
  /** A part of it, under the name `parent/name`. */
  startSpan(name: string): Span;
  /** A second call does nothing. */
  end(outcome?: 'ok' | 'error'): void;
}

export interface SampleSeries {
  /** On the monitor's clock; oldest first. */
  readonly atMs: readonly number[];
  /** NaN where the metric had no value. */
  readonly values: readonly number[];
}

export interface MonitorStats {
  readonly samples: number;
  /** Samples in the buffer. */
  readonly kept: number;
  readonly metrics: number;
  /** Metrics that were not kept because there are `maxMetrics` already. */
  readonly refused: number;
  readonly alerts: readonly Alert[];
}

/**
 * Samples what a process uses and what it says of itself into a ring of fixed size, and watches thresholds. Memory is
 * bounded by bufferSize * maxMetrics * 8 bytes.
 */
export interface Monitor {
  /** The one of that name; made on the first call. @throws TypeError for a name that is no name, or one of another kind */
  counter(name: string): Counter;
  gauge(name: string): Gauge;
  timing(name: string): Timing;
  startSpan(name: string): Span;
  /** Take a sample now, beside those that the timer takes. */
  sample(): void;
  /** The latest sample by metric. */
  latest(): Readonly<Record<string, number>>;
  /** Null for a metric that there is not. */
  series(metric: string): SampleSeries | null;
  stats(): MonitorStats;
  /** No more samples. A second call does nothing. */
  stop(): void;
}
