import type { Conversations } from '../data/conversations.ts';
import type { LiveServer } from '../live/live-server.ts';
import type { Ports } from '../ports.ts';
import type { Answer } from '../work/answerer.ts';
import type { JobRunner } from './job-runner.ts';
import type { Job } from './job.ts';

export interface JobWorkParts {
  readonly runner: JobRunner;
  readonly conversations: Conversations;
  readonly live: Pick<LiveServer, 'publish'>;
  readonly today: Ports['today'];
}

/** Does jobs: an answer is then stored in its conversation and told to those who listen. Resolves to the result. */
export function createJobWork({
  runner,
  conversations,
  live,
  today,
}: JobWorkParts): (job: Job, signal: AbortSignal) => Promise<unknown> {
  return async (job, signal) => {
    const result = await runner.run(job, signal);
    if (job.kind !== 'answer') return result;
    if (!isAnswer(result)) throw new TypeError('Expected an answer from the thread');
    const { conversation, question } = job;
    const { text, topic } = result;
    const state = await conversations.add({ conversation, question, answer: text, topic, atMs: today() });
    live.publish(conversation, 'low', { question, answer: text, messages: state.messages });
    return { conversation, messages: state.messages, ...result };
  };
}

function isAnswer(value: unknown): value is Answer {
  return (
    typeof value === 'object' && value !== null && 'text' in value && 'topic' in value && 'sources' in value
  );
}
