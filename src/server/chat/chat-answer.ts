import type { Answer } from '../work/answerer.ts';

/** An answer with what the module service says of its topic. */
export interface ChatAnswer extends Answer {
  /** null: the service knows nothing of it, or did not answer (then `degraded`). */
  readonly module: unknown;
  readonly degraded: boolean;
}

/** Whether it may be given to somebody who asks: a level that others write to may hold anything. */
export function isChatAnswer(value: unknown): value is ChatAnswer {
  return (
    typeof value === 'object' &&
    value !== null &&
    'text' in value &&
    typeof value.text === 'string' &&
    'topic' in value &&
    typeof value.topic === 'string' &&
    'sources' in value &&
    Array.isArray(value.sources) &&
    'module' in value &&
    'degraded' in value &&
    value.degraded === false
  );
}
