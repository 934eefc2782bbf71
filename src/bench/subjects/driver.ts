import type { Clock } from '../../measure/clock.ts';
import type { Random } from '../../measure/random.ts';
import type { Workload } from '../../model/plan.ts';

/**
 * The seam between the bench engine and what it measures: make one subject, ready to be called. Everything that is
 * not to be measured (data, connections, filling a cache) happens in here. A rejection ends the run with a clear
 * message; put a PerfkitError where the user can do something about it.
 */
export interface Driver {
  readonly create: (context: DriverContext) => Subject | Promise<Subject>;
}

export interface DriverContext {
  /** Name of the subject in the scenario, for messages. */
  readonly subject: string;
  /** The subject's `options:`, secrets put in. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly workload: Workload;
  /** Operations that will be in flight at once. */
  readonly concurrency: number;
  /** Seeded: the same numbers for every subject of a round, others in the next round. */
  readonly random: Random;
  readonly now: Clock;
  /**
   * Key indices (0 to workload.keys - 1) drawn from the workload's distribution. The length is a power of two, so
   * that an operation takes `sequence[index & (sequence.length - 1)]`, which costs nothing.
   */
  readonly keySequence: () => Uint32Array;
  /** A histogram of the subject's own, reported under a metric of the scenario; emptied when measuring starts. */
  readonly histogram: (metric: string) => ValueRecorder;
}

interface ValueRecorder {
  /** A value in the metric's unit, from 1. */
  record(value: number): void;
}

/**
 * One call of the subject. `index` counts the calls, from 0 to 2^30 and round again. May return a promise (or any
 * thenable), which is awaited. The result is kept alive a moment, so that no compiler can drop the call.
 */
export type Operation = (index: number) => unknown;

export interface Subject {
  /** By name, as the workload's `mix` calls them. */
  readonly operations: Readonly<Record<string, Operation>>;
  /** Shares of the operations when the scenario gives no mix. Default: the first operation alone. */
  readonly mix?: Readonly<Record<string, number>>;
  /** Warm-up is over: what `metrics` reports starts here. */
  readonly measuring?: () => void;
  /** Values by metric name since `measuring`; kind and unit are those of the metric's definition. */
  readonly metrics?: () => Readonly<Record<string, number>>;
  /** Time as this subject sees it. The engine then measures, waits and budgets on it. */
  readonly clock?: VirtualClock;
  readonly close?: () => void | Promise<void>;
}

/** Time that passes only when somebody says so. */
export interface VirtualClock {
  readonly now: Clock;
  /** Let time pass until `ns`; never goes back. */
  advanceTo(ns: number): void;
}
