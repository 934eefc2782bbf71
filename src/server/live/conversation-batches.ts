import { Alarm } from '../../components/internal/alarm.ts';
import type { Timers } from '../../components/internal/timers.ts';

export interface ConversationBatchesOptions {
  readonly maxBatchSize: number;
  readonly maxWaitMs: number;
  readonly now: () => number;
  readonly timers: Timers;
  /** Given what waited, in order: 1 to `maxBatchSize` messages. It must not throw. */
  readonly send: (conversation: string, messages: readonly string[]) => void;
}

/** A batch that has grown so long goes, whatever its number. */
const longestBatch = 131_072;

/**
 * Messages that wait for others of their conversation: sent when there are enough, or when the first has waited long
 * enough. One timer for all conversations: all wait equally long, so the map is in the order of their ends. (A batcher
 * for each would hold 16 KiB of histograms a conversation.)
 */
export class ConversationBatches {
  readonly #options: ConversationBatchesOptions;
  readonly #waiting = new Map<
    string,
    { readonly dueMs: number; readonly messages: string[]; length: number }
  >();
  readonly #alarm: Alarm;

  constructor(options: ConversationBatchesOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.timers, () => this.sendDue(), { keepsAlive: false });
  }

  /** Conversations with messages that wait. */
  get size(): number {
    return this.#waiting.size;
  }

  add(conversation: string, message: string): void {
    const { maxBatchSize, maxWaitMs, now } = this.#options;
    let batch = this.#waiting.get(conversation);
    if (batch === undefined) {
      batch = { dueMs: now() + maxWaitMs, messages: [], length: 0 };
      this.#waiting.set(conversation, batch);
      this.#alarm.set(maxWaitMs);
    }
    batch.messages.push(message);
    batch.length += message.length;
    if (batch.messages.length >= maxBatchSize || batch.length >= longestBatch)
      this.#send(conversation, batch.messages);
  }

  /** Send what has waited long enough. The alarm does; called again and again it makes up for one that failed. */
  sendDue(): void {
    const nowMs = this.#options.now();
    for (const [conversation, { dueMs, messages }] of this.#waiting) {
      if (dueMs > nowMs) {
        this.#alarm.set(dueMs - nowMs);
        return;
      }
      this.#send(conversation, messages);
    }
  }

  /** Send everything, at the end. */
  flush(): void {
    this.#alarm.clear();
    for (const [conversation, { messages }] of this.#waiting) this.#send(conversation, messages);
  }

  #send(conversation: string, messages: readonly string[]): void {
    this.#waiting.delete(conversation);
    this.#options.send(conversation, messages);
  }
}
