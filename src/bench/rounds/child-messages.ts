import type { ErrorCode } from '../../model/errors.ts';
import type { BenchPlan } from '../../model/plan.ts';
import type { RoundResult, RoundTask } from './round-result.ts';

/** To the child: what to measure, that its next turn begins, or to stop early. */
export type ToChild =
  | { readonly kind: 'run'; readonly plan: BenchPlan; readonly task: RoundTask }
  | { readonly kind: 'go' }
  | { readonly kind: 'abort' };

/**
 * From the child: `ready` for work, `passed` when its subject is made and when a turn is over, `measuring` when the
 * warm-up is over, and one of the last two at the end.
 */
export type FromChild =
  | { readonly kind: 'ready' }
  | { readonly kind: 'passed' }
  | { readonly kind: 'measuring' }
  | { readonly kind: 'result'; readonly result: RoundResult | null }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };
