import type { ErrorCode } from '../../model/errors.ts';
import type { Progress } from '../../model/engine.ts';
import type { Interval } from '../../model/interval.ts';
import type { LoadPlan } from '../../model/plan.ts';
import type { Share } from '../arrivals/share.ts';
import type { EngineReport } from '../engine/engine.ts';
import type { Endpoint } from '../connections/tcp-transport.ts';

/** What a load thread is started with. */
export interface LoadOrder {
  readonly plan: LoadPlan;
  /** Which of the plan's threads it is. */
  readonly share: Share;
  readonly endpoint: Endpoint;
  readonly userAgent: string;
}

/** From a load thread. */
export type LoadMessage =
  | { readonly kind: 'interval'; readonly interval: Interval }
  | { readonly kind: 'progress'; readonly progress: Progress }
  /** It could start the phase in series at this position of the plan. */
  | { readonly kind: 'ready'; readonly phase: number }
  /** It cannot be carried out: a PerfkitError, which threads cannot throw at each other. */
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: 'report'; readonly report: EngineReport };

/** To a load thread. `begin`: all are ready, the phase starts at that time of `process.hrtime`, which they share. */
export type LoadCommand =
  | { readonly kind: 'stop' }
  | { readonly kind: 'begin'; readonly phase: number; readonly atNs: number };
