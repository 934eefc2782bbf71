import type { Priority } from '../../components/batcher/index.ts';
import { choiceOf, fieldsOf, idOf, listOf, textOf } from '../http/check-body.ts';

/** Work that is done when there is time for it. */
export type Job =
  | { readonly kind: 'answer'; readonly conversation: string; readonly question: string }
  | { readonly kind: 'likeness'; readonly texts: readonly string[] };

export interface JobRequest {
  readonly job: Job;
  readonly priority: Priority;
}

/** How a job stands. `result` and `error` come with the last two states. */
export interface JobStatus {
  readonly id: string;
  readonly kind: Job['kind'];
  readonly priority: Priority;
  readonly state: 'queued' | 'running' | 'done' | 'failed';
  readonly result?: unknown;
  readonly error?: string;
}

const priorityNames: readonly Priority[] = ['critical', 'high', 'medium', 'low'];
export const longestQuestion = 4_000;
const mostTexts = 500;
const longestText = 2_000;

/** A job from the body of a request. Throws HttpError 400 that names the field. */
export function parseJob(value: unknown): JobRequest {
  const fields = fieldsOf(value, 'body', ['kind', 'priority', 'conversation', 'question', 'texts']);
  const kind = choiceOf(fields['kind'], 'body.kind', ['answer', 'likeness']);
  const priority =
    fields['priority'] === undefined
      ? 'medium'
      : choiceOf(fields['priority'], 'body.priority', priorityNames);
  if (kind === 'answer') {
    const conversation = idOf(fields['conversation'], 'body.conversation');
    const question = textOf(fields['question'], 'body.question', longestQuestion);
    return { job: { kind, conversation, question }, priority };
  }
  const texts = listOf(fields['texts'], 'body.texts', mostTexts).map((text, index) =>
    textOf(text, `body.texts[${index}]`, longestText),
  );
  return { job: { kind, texts }, priority };
}
