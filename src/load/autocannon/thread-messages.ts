import type { Interval } from '../../model/interval.ts';
import type { LoadPlan } from '../../model/plan.ts';
import type { Progress, EngineOutcome } from '../../model/engine.ts';

/** What the thread that runs autocannon is started with. */
export interface AutocannonOrder {
  readonly plan: LoadPlan;
  /** IP address and port: the name was looked up and checked before. */
  readonly address: string;
  readonly port: number;
  readonly userAgent: string;
}

/** From that thread. The only message to it is `stop`. */
export type AutocannonMessage =
  | { readonly kind: 'interval'; readonly interval: Interval }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'outcome'; readonly outcome: EngineOutcome };

export const stopMessage = 'stop';
