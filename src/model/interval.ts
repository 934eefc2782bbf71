import type { MetricDefinition } from './metrics.ts';

/**
 * What an engine reports while it runs: one slice of time with everything recorded in it. Load sends one a
 * second, bench one a round. Slices add up: merging is addition, never averaging of percentiles.
 */
export type Tags = Readonly<Record<string, string>>;

export interface Interval {
  /** From the start of the run. */
  readonly startNs: number;
  readonly durationNs: number;
  /** Tags of every slice in it: `{phase}` for load, `{subject, round}` for bench. `round` never becomes a series tag. */
  readonly tags: Tags;
  /** False for a warm-up phase: kept for charts, left out of series and targets. */
  readonly measured: boolean;
  readonly histograms: readonly HistogramSlice[];
  readonly counters: readonly CounterSlice[];
  readonly gauges: readonly GaugeSlice[];
  readonly errors: readonly ErrorSlice[];
  /** Definitions of metrics that nobody knew before the run: those of a server under load. Each comes once, before or with its first slice. */
  readonly metrics?: readonly MetricDefinition[];
}

export interface HistogramSlice {
  readonly metric: string;
  readonly tags: Tags;
  /** HDR V2 encoding, not compressed (measure/histogram.ts `encode`). Success values only. */
  readonly data: Uint8Array;
  /** Same encoding: operations known only to have taken at least that long. Empty when there were none. */
  readonly censored: Uint8Array;
  /** How the values were taken, where it is not one reading a call (a sentence for reports). */
  readonly note?: string;
}

export interface CounterSlice {
  readonly metric: string;
  readonly tags: Tags;
  readonly count: number;
  /** What the rate divides by: nanoseconds for 'per-second' metrics, attempts for 'ratio' metrics. */
  readonly of: number;
}

export interface GaugeSlice {
  readonly metric: string;
  readonly tags: Tags;
  readonly value: number;
  /** Several readings in one: how many, their extremes; `value` is their mean. */
  readonly readings?: { readonly count: number; readonly min: number; readonly max: number };
}

/** Failed operations of one class: how many, and one example for people. */
export interface ErrorSlice {
  readonly class: string;
  readonly tags: Tags;
  readonly count: number;
  readonly example: string;
}
