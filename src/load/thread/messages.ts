import type { Progress } from '../../model/engine.ts';
import type { Interval } from '../../model/interval.ts';
import type { LoadPlan } from '../../model/plan.ts';
import type { EngineReport } from '../engine/engine.ts';
import type { Endpoint } from '../connections/tcp-transport.ts';

/** What the load thread is started with. */
export interface LoadOrder {
  readonly plan: LoadPlan;
  readonly endpoint: Endpoint;
  readonly userAgent: string;
}

/** From the load thread. The only message to it is `stop`. */
export type LoadMessage =
  | { readonly kind: 'interval'; readonly interval: Interval }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'report'; readonly report: EngineReport };

export const stopMessage = 'stop';
