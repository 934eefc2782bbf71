import type { MetricDefinition } from './metrics.ts';
import type { Target } from './target.ts';

/**
 * A scenario with every default filled in, every quantity in ns, bytes or counts and the seed fixed. Plain JSON:
 * it is printed by `perfkit plan`, sent to threads and child processes, and never holds a secret's value
 * (those are referred to by name and read where they are used).
 */
export type Plan = BenchPlan | LoadPlan;

interface ScenarioRef {
  readonly name: string;
  /** Path as given, or null for a scenario made from the command line. */
  readonly file: string | null;
  /** Folder that relative paths and module names start from; absolute. */
  readonly folder: string;
  readonly tags: readonly string[];
  /** SHA-256 of the resolved scenario, first 16 hex digits: two results with one hash measured the same thing. */
  readonly hash: string;
  readonly seed: number;
}

interface PlanBase {
  readonly schema: 'perfkit/plan@1';
  readonly scenario: ScenarioRef;
  /** Every metric that may be reported: the catalogue of the kind and the scenario's own. */
  readonly metrics: readonly MetricDefinition[];
  readonly targets: readonly TargetPlan[];
  /** Bound on the run's wall time, for progress and ETA. */
  readonly expectedNs: number;
}

export interface TargetPlan {
  readonly id: string | null;
  readonly expr: string;
  readonly target: Target;
  readonly source: string | null;
  readonly severity: 'error' | 'warn';
  /** 1-based line of the target in the scenario file, for annotations; null when there is no file. */
  readonly line: number | null;
}

// ---------------------------------------------------------------- bench

export interface BenchPlan extends PlanBase {
  readonly kind: 'bench';
  readonly subjects: readonly SubjectPlan[];
  readonly workload: Workload;
  readonly run: BenchRun;
  /** Name of the subject that `reference` means in targets; null when there is none. */
  readonly reference: string | null;
}

export interface SubjectPlan {
  readonly name: string;
  readonly use: SubjectSource;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Where the operation comes from. `driver`: a built-in driver by name. `factory`: a module's export that is
 * called once and returns the subject. `function`: a module's export that is itself the operation.
 * `tinybench`: a task of a tinybench Bench that a module exports.
 */
export type SubjectSource =
  | { readonly kind: 'driver'; readonly driver: string }
  | { readonly kind: 'factory' | 'function'; readonly module: string; readonly export: string }
  | { readonly kind: 'tinybench'; readonly module: string; readonly export: string; readonly task: string };

export interface Workload {
  readonly keys: number;
  readonly distribution: Distribution;
  /** Operation name to share; shares sum to 1. Empty: the driver's default. */
  readonly mix: Readonly<Record<string, number>>;
  readonly valueBytes: number;
}

export type Distribution =
  | { readonly kind: 'zipf'; readonly exponent: number }
  | { readonly kind: 'uniform' }
  | { readonly kind: 'sequential' }
  | { readonly kind: 'latest'; readonly exponent: number };

export interface BenchRun {
  readonly warmupNs: number;
  readonly forNs: number;
  readonly rounds: number;
  readonly isolate: 'process' | 'none';
  /** Operations in flight at once, one variant each; [1] for synchronous operations. */
  readonly concurrency: readonly number[];
  /** Closed: the next operation starts when one ends. Otherwise operations a second, started on time whatever happens. */
  readonly arrivals: 'closed' | number;
}

// ---------------------------------------------------------------- load

export interface LoadPlan extends PlanBase {
  readonly kind: 'load';
  readonly target: LoadTarget;
  readonly phases: readonly PhasePlan[];
  readonly flows: readonly FlowPlan[];
  readonly limits: LoadLimits;
}

export interface LoadTarget {
  /** `http://host:port`; for the built-in server filled in when it has started. */
  readonly origin: string;
  /** Name of a built-in server that perfkit starts in a process of its own; null for a live one. */
  readonly builtin: string | null;
  /** Hosts that traffic may go to; loopback is always allowed. */
  readonly allow: readonly string[];
}

export interface PhasePlan {
  readonly name: string;
  readonly forNs: number;
  /** Open: flows started a second, whatever the server does. Closed: this many users, each in one flow at a time. */
  readonly arrivals:
    | { readonly model: 'open'; readonly ratePerSecond: number; readonly spacing: 'uniform' | 'poisson' }
    | { readonly model: 'closed'; readonly users: number };
  /** Stop the phase after so many requests; null for no limit. */
  readonly maxRequests: number | null;
  readonly measured: boolean;
  /** Connections kept open (open model: at most so many requests in flight). */
  readonly connections: number;
}

export interface FlowPlan {
  readonly name: string;
  readonly weight: number;
  /** In turn on one connection: the next is due when the one before is complete. */
  readonly steps: readonly StepPlan[];
}

export interface StepPlan {
  /** The `name` tag of its series; unique in the scenario. */
  readonly name: string;
  readonly method: string;
  /** Path and query as sent. May hold `${secret:NAME}`. */
  readonly path: string;
  /** In order; a name may come twice. Values may hold `${secret:NAME}`. */
  readonly headers: readonly (readonly [string, string])[];
  /** UTF-8 text; may hold `${secret:NAME}`. Null for no body. */
  readonly body: string | null;
  /** JSON: a secret's value is escaped as the text of the string that it stands in. */
  readonly bodyFormat: 'text' | 'json';
  /** Status codes that count as success; empty: 200 to 399. */
  readonly expectStatus: readonly number[];
}

export interface LoadLimits {
  readonly timeoutNs: number;
  readonly connectTimeoutNs: number;
  /** A longer reply body is an error and closes the connection. */
  readonly maxBodyBytes: number;
  readonly maxHeaderBytes: number;
  /** Open model: arrivals that may wait for a free connection; more are dropped (and counted). */
  readonly maxWaiting: number;
  /** After the last phase, in-flight requests get so long before they are cut and counted as censored. */
  readonly gracefulStopNs: number;
  /** 'precise' spins on the event loop when the next start is near; 'eco' uses timers only. */
  readonly pacing: 'precise' | 'eco';
}
