import type { CallPlan, CapturePlan, ContentPlan, DataPlan, ExpectPlan } from './exchange-plan.ts';
import type { MetricDefinition } from './metrics.ts';
import type { ServerPlan } from './server-plan.ts';
import type { StreamPlan } from './stream-plan.ts';
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
  /** Also judged while the run goes on: once it fails on so many samples the run is stopped. Absent: at the end only. */
  readonly abort?: { readonly afterSamples: number };
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
  /** Sources of `${data:NAME.column}`; absent: none. */
  readonly data?: readonly DataPlan[];
  readonly limits: LoadLimits;
  /** Threads that share the load exactly; each takes a core. */
  readonly workers: number;
  /** What is read of the server during the run; absent: nothing. */
  readonly server?: ServerPlan;
  /** Variants of the server: all phases are run against each, every round, one at a time. Absent: the target alone, once. */
  readonly subjects?: readonly LoadSubjectPlan[];
  /** How often the phases are run against each subject; absent: once. */
  readonly rounds?: number;
  /** Name of the subject that `reference` means in targets; null or absent when there is none. */
  readonly reference?: string | null;
}

/** A variant of the server under load. */
export interface LoadSubjectPlan {
  /** The `subject` tag of its series. */
  readonly name: string;
  readonly target: LoadTarget;
  /** Process that is watched in place of the one that the scenario names; absent: that one. */
  readonly process?: number;
}

/** Settings of a built-in server by name. */
export type ServerOptions = Readonly<Record<string, string | number | boolean>>;

export interface LoadTarget {
  /** `http://host:port`; for the built-in server filled in when it has started. */
  readonly origin: string;
  /** Name of a built-in server that perfkit starts in a process of its own; null for a live one. */
  readonly builtin: string | null;
  /** What the built-in server is started with; absent: its defaults. */
  readonly options?: ServerOptions;
  /** Hosts that traffic may go to; loopback is always allowed. */
  readonly allow: readonly string[];
  /** The load is above what another machine may get: a run refuses any address that is not this one's. Absent: no. */
  readonly loopbackOnly?: boolean;
  /** How an https origin is spoken to; absent: with all defaults. */
  readonly tls?: TlsPlan;
  /** Absent: HTTP/1.1. */
  readonly protocol?: 'http1' | 'http2';
  /** Operations that share a connection: in a pipeline (HTTP/1.1) or as streams (HTTP/2). Absent: 1. */
  readonly perConnection?: number;
  /** A new connection for each request; absent: they are kept alive. */
  readonly newConnections?: boolean;
}

/** Files are read when the run starts; paths are relative to the scenario's folder. */
export interface TlsPlan {
  /** PEM file of the authorities that may have signed the server's certificate; null for those that come with Node. */
  readonly ca: string | null;
  /** PEM files of the client's certificate and its key; null for none. */
  readonly cert: string | null;
  readonly key: string | null;
  /** Accept any certificate; said in the result. */
  readonly insecure: boolean;
  /** Name that the certificate must be for, and that is sent to the server; null: the origin's host. */
  readonly servername: string | null;
  /** New connections resume the TLS session of an earlier one. */
  readonly resume: boolean;
}

export interface PhasePlan {
  readonly name: string;
  readonly forNs: number;
  readonly arrivals: PhaseArrivals;
  /** Names of the flows that it chooses among, by weight; all of one kind. */
  readonly flows: readonly string[];
  /** Runs beside another phase instead of after the one before it; null for a phase in series. */
  readonly with: PhaseCompany | null;
  /** Stop the phase after so many requests; null for no limit. */
  readonly maxRequests: number | null;
  /** Stop the phase after so many flows, over all users; null for no limit. */
  readonly maxFlows: number | null;
  /** Closed: a user leaves after so many flows; null for no limit. */
  readonly maxFlowsPerUser: number | null;
  /** Closed: a user's flows start so far apart, or when the one before has ended if that is later; null: at once. */
  readonly pacingNs: number | null;
  readonly measured: boolean;
  /** Connections kept open (open model: at most so many flows at once). */
  readonly connections: number;
}

export type PhaseArrivals =
  /** Flows started a second, whatever the server does. `toRatePerSecond`: reached in a straight line at the end. */
  | {
      readonly model: 'open';
      readonly ratePerSecond: number;
      readonly toRatePerSecond?: number;
      readonly spacing: 'uniform' | 'poisson';
    }
  /** So many users, each in one flow at a time. `toUsers`: they join or leave one by one until the end. */
  | { readonly model: 'closed'; readonly users: number; readonly toUsers?: number };

export interface PhaseCompany {
  /** Name of the phase in series with which it starts. */
  readonly phase: string;
  /** It also ends when that phase ends, if `forNs` has not passed by then. */
  readonly toItsEnd: boolean;
}

/** How a flow is carried out: each kind has a lane in load/lanes. */
export type FlowKind = 'requests' | 'socket' | 'events' | 'function';

export interface FlowPlan {
  readonly name: string;
  readonly kind: FlowKind;
  readonly weight: number;
  /** In turn on one connection: the next is due when the one before is complete. Kind function: its operations by name. */
  readonly steps: readonly StepPlan[];
  /** Each user keeps the cookies that it gets and sends them back (RFC 6265); absent: no. */
  readonly cookies?: boolean;
  /** Kind function: what carries the flow out. */
  readonly call?: CallPlan;
}

export interface StepPlan {
  /** The `name` tag of its series; unique in the scenario. */
  readonly name: string;
  readonly method: string;
  /** Path and query as sent. May hold `${secret:NAME}` and variables (model/template.ts), which are percent-encoded. */
  readonly path: string;
  /** In order; a name may come twice. Values may hold `${secret:NAME}` and variables. */
  readonly headers: readonly (readonly [string, string])[];
  /** UTF-8 text; may hold `${secret:NAME}` and variables. Null for no body, or for `content`. */
  readonly body: string | null;
  /** JSON: values are escaped as the text of the string that they stand in. Form: percent-encoded. */
  readonly bodyFormat: 'text' | 'json' | 'form';
  readonly content?: ContentPlan;
  /** HTTP basic authentication (RFC 7617). */
  readonly basicAuth?: { readonly user: string; readonly password: string };
  /** A token that is sent as `Authorization: Bearer` (RFC 6750). */
  readonly bearer?: string;
  /** What is kept of the reply for later steps. */
  readonly captures?: readonly CapturePlan[];
  /** What must be so beside the status. */
  readonly expect?: ExpectPlan;
  /** Follow at most so many redirects, within the operation; absent: none, a redirect is the reply. */
  readonly redirects?: number;
  /** Status codes that count as success; empty: 200 to 399. */
  readonly expectStatus: readonly number[];
  /** Flows of kind socket and events: what the step does on the stream that its path opens. */
  readonly stream?: StreamPlan;
  /** What the user waits after this step; null to go on at once. */
  readonly think: ThinkPlan | null;
}

/** Drawn anew each time, from the seed. */
export type ThinkPlan =
  | { readonly kind: 'uniform'; readonly minNs: number; readonly maxNs: number }
  | { readonly kind: 'exponential'; readonly meanNs: number };

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
