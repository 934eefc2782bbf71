import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConversationState, Conversations } from '../../data/conversations.ts';
import type { Patterns } from '../../data/patterns.ts';

const pageMessages = 50;
const patternsPerInterest = 20;

/**
 * A conversation as lines of JSON, what matters first: its state, then its messages a page at a time, then the
 * patterns known for its interests, a query for each. The event loop runs in between. `last`: messages at most, the latest.
 */
export async function* streamConversation(
  state: ConversationState,
  conversations: Conversations,
  patterns: Patterns,
  last: number,
): AsyncGenerator<string, void, undefined> {
  yield `${JSON.stringify({ part: 'state', state })}\n`;
  let after = Math.max(0, state.messages - last);
  for (let left = last; left > 0;) {
    await nextTurn();
    const items = conversations.messages(state.id, after, Math.min(pageMessages, left));
    if (items.length === 0) break;
    yield `${JSON.stringify({ part: 'messages', items })}\n`;
    after = items.at(-1)?.number ?? after;
    left -= items.length;
  }
  for (const { topic } of state.interests) {
    await nextTurn();
    const items = await patterns.query({ domain: topic, orderBy: 'confidence', limit: patternsPerInterest });
    yield `{"part":"patterns","topic":${JSON.stringify(topic)},"items":[${items.join(',')}]}\n`;
  }
  yield '{"part":"end"}\n';
}
