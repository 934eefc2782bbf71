import type { Conversations } from '../data/conversations.ts';
import type { Patterns } from '../data/patterns.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { Answerer } from '../work/answerer.ts';
import type { DocumentedMetrics } from './documented-metrics.ts';

/** The same parts, which tell the documented metrics of what they do. Failures are not timed. */
export interface PartMeter {
  readonly answerer: (answerer: Answerer) => Answerer;
  readonly patterns: (patterns: Patterns) => Patterns;
  readonly conversations: (conversations: Conversations) => Conversations;
  readonly runner: (runner: JobRunner) => JobRunner;
}

/** A question and its answer. */
const messagesOfExchange = 2;

export function createPartMeter(metrics: DocumentedMetrics, now: () => number): PartMeter {
  return {
    answerer: ({ answer }) => ({
      answer(question) {
        const startMs = now();
        const found = answer(question);
        metrics.answered(found, now() - startMs);
        return found;
      },
    }),
    patterns: (patterns) => ({
      ...patterns,
      async query(query) {
        const startMs = now();
        const found = await patterns.query(query);
        metrics.queried(now() - startMs);
        return found;
      },
      async put(list) {
        await patterns.put(list);
        metrics.stored(list.length);
      },
    }),
    conversations: (conversations) => ({
      ...conversations,
      async add(exchange) {
        const state = await conversations.add(exchange);
        metrics.stored(messagesOfExchange);
        return state;
      },
    }),
    runner: (runner) => ({
      ...runner,
      async run(job, signal) {
        const startMs = now();
        const result = await runner.run(job, signal);
        metrics.analysed(now() - startMs);
        return result;
      },
    }),
  };
}
