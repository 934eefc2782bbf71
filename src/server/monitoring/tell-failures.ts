import type { Chat } from '../chat/chat.ts';
import type { Job } from '../jobs/job.ts';
import type { Upstream } from '../upstream/upstream.ts';

type TellFailure = (where: string, error: unknown) => void;

/** The upstream service, whose failures are told: chat answers without it, so nobody else would hear of them. */
export function withFailures(upstream: Pick<Upstream, 'call'>, tell: TellFailure): Pick<Upstream, 'call'> {
  return {
    async call(path, signal) {
      try {
        return await upstream.call(path, signal);
      } catch (error) {
        // A client that has gone is no failure of the service.
        if (signal?.aborted !== true) tell('call', error);
        throw error;
      }
    },
  };
}

type RunJob = (job: Job, signal: AbortSignal) => Promise<unknown>;

/** The work of background jobs, whose failures are told. */
export function withJobFailures(run: RunJob, tell: TellFailure): RunJob {
  return async (job, signal) => {
    try {
      return await run(job, signal);
    } catch (error) {
      tell(job.kind, error);
      throw error;
    }
  };
}

/** Questions that come over WebSockets, whose failures are told. */
export function withAskFailures(ask: Chat['ask'], tell: TellFailure): Chat['ask'] {
  return async (conversation, question, signal) => {
    try {
      return await ask(conversation, question, signal);
    } catch (error) {
      tell('ask', error);
      throw error;
    }
  };
}
