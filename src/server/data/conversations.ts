import type { TunedDatabase } from '../../components/store/index.ts';
import type { Writer } from './writer.ts';

/** What is known of a conversation; it changes with each message. */
export interface ConversationState {
  readonly id: string;
  readonly messages: number;
  /** Of the last answer. */
  readonly topic: string;
  /** The topics of its last answers, most frequent first, at most eight. */
  readonly interests: readonly { readonly topic: string; readonly count: number }[];
  readonly updatedAtMs: number;
}

interface Message {
  readonly number: number;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly atMs: number;
}

/** A question and what was answered. */
export interface Exchange {
  readonly conversation: string;
  readonly question: string;
  readonly answer: string;
  readonly topic: string;
  readonly atMs: number;
}

export interface Conversations {
  /** From disk; null for a conversation in which nothing was said. */
  readonly state: (id: string) => ConversationState | null;
  /** At most `limit` messages with a number above `after`, oldest first. */
  readonly messages: (id: string, after: number, limit: number) => Message[];
  /** Resolves to the new state when question, answer and state are committed. */
  readonly add: (exchange: Exchange) => Promise<ConversationState>;
}

const mostInterests = 8;

export function createConversations(database: TunedDatabase, writer: Writer): Conversations {
  const state = (id: string): ConversationState | null => {
    const row = database.get('SELECT state FROM conversations WHERE id = ?', id);
    return row === undefined ? null : parseState(id, row['state']);
  };
  return {
    state,
    messages: (id, after, limit) =>
      database
        .all(
          'SELECT number, role, text, at FROM messages WHERE conversation = ? AND number > ? ORDER BY number LIMIT ?',
          id,
          after,
          limit,
        )
        .map(({ number, role, text, at }) => ({
          number: Number(number),
          role: role === 'user' ? 'user' : 'assistant',
          text: String(text),
          atMs: Number(at),
        })),
    add: (exchange) =>
      writer.write(() => {
        const next = nextState(state(exchange.conversation), exchange);
        const insert =
          'INSERT INTO messages (conversation, number, role, text, at) VALUES (?, ?, ?, ?, ?), (?, ?, ?, ?, ?)';
        const { conversation: id, question, answer, atMs } = exchange;
        const number = next.messages;
        database.run(insert, id, number - 1, 'user', question, atMs, id, number, 'assistant', answer, atMs);
        database.run(
          `INSERT INTO conversations (id, state, messages, updated_at) VALUES (?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET state = excluded.state, messages = excluded.messages,
           updated_at = excluded.updated_at`,
          id,
          JSON.stringify(next),
          number,
          atMs,
        );
        return next;
      }),
  };
}

function nextState(
  before: ConversationState | null,
  { conversation, topic, atMs }: Exchange,
): ConversationState {
  const counts = new Map((before?.interests ?? []).map((one) => [one.topic, one.count]));
  counts.set(topic, (counts.get(topic) ?? 0) + 1);
  const interests = [...counts]
    .map(([name, count]) => ({ topic: name, count }))
    // The topic of now is kept when there is no room for all, else no new one would ever come in.
    .toSorted((a, b) => Number(b.topic === topic) - Number(a.topic === topic) || b.count - a.count)
    .slice(0, mostInterests)
    .toSorted((a, b) => b.count - a.count);
  return { id: conversation, messages: (before?.messages ?? 0) + 2, topic, interests, updatedAtMs: atMs };
}

/** Our own writing, but from a file that anybody may have changed. */
function parseState(id: string, text: unknown): ConversationState {
  const value: unknown = JSON.parse(String(text));
  if (isState(value)) return value;
  throw new Error(
    `Expected the state of conversation ${id} in the database, got ${String(text).slice(0, 100)}`,
  );
}

function isState(value: unknown): value is ConversationState {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    'messages' in value &&
    typeof value.messages === 'number' &&
    'topic' in value &&
    'interests' in value &&
    Array.isArray(value.interests) &&
    'updatedAtMs' in value
  );
}
