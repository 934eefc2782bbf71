import { choiceOf, fieldsOf, idOf, jsonOf, textOf } from '../http/check-body.ts';
import { HttpError } from '../http/http-error.ts';
import { longestQuestion } from '../jobs/job.ts';
import { livePriorities } from './priorities.ts';
import type { LivePriority } from './priorities.ts';

/** What a client may say on /live. What it wants back, or passed on, is JSON text: proven to be nested no deeper than it can be written. */
export type LiveMessage =
  | { readonly type: 'ping'; readonly valueJson: string }
  | { readonly type: 'subscribe' | 'unsubscribe'; readonly conversation: string }
  | {
      readonly type: 'publish';
      readonly conversation: string;
      readonly priority: LivePriority;
      readonly dataJson: string;
    }
  | {
      readonly type: 'ask';
      readonly idJson: string;
      readonly conversation: string;
      readonly question: string;
    };

const types = ['subscribe', 'unsubscribe', 'publish', 'ask'] as const;

/** From the text of a frame. Throws HttpError 400 that names what is wrong. */
export function parseLiveMessage(text: string): LiveMessage {
  const fields = fieldsOf(parseJson(text), 'message', [
    'ping',
    'type',
    'conversation',
    'priority',
    'data',
    'id',
    'question',
  ]);
  if ('ping' in fields)
    return { type: 'ping', valueJson: jsonOf(fields['ping'], 'message.ping', text.length) };
  const type = choiceOf(fields['type'], 'message.type', types);
  const conversation = idOf(fields['conversation'], 'message.conversation');
  if (type === 'subscribe' || type === 'unsubscribe') return { type, conversation };
  if (type === 'ask') {
    const question = textOf(fields['question'], 'message.question', longestQuestion);
    const idJson = jsonOf(fields['id'], 'message.id', text.length);
    return { type, idJson, conversation, question };
  }
  const priority =
    fields['priority'] === undefined
      ? 'medium'
      : choiceOf(fields['priority'], 'message.priority', livePriorities);
  return { type, conversation, priority, dataJson: jsonOf(fields['data'], 'message.data', text.length) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HttpError(400, 'the message is not valid', {
      expected: 'JSON',
      got: error instanceof Error ? error.message.slice(0, 120) : 'something else',
    });
  }
}
