import type { LiveClient } from './live-client.ts';

/** Who listens to which conversation. */
export class Subscriptions {
  readonly #byConversation = new Map<string, Set<LiveClient>>();

  /** Conversations that somebody listens to. */
  get size(): number {
    return this.#byConversation.size;
  }

  of(conversation: string): ReadonlySet<LiveClient> | undefined {
    return this.#byConversation.get(conversation);
  }

  add(client: LiveClient, conversation: string): void {
    client.subscriptions.add(conversation);
    const clients = this.#byConversation.get(conversation);
    if (clients === undefined) this.#byConversation.set(conversation, new Set([client]));
    else clients.add(client);
  }

  remove(client: LiveClient, conversation: string): void {
    client.subscriptions.delete(conversation);
    const clients = this.#byConversation.get(conversation);
    clients?.delete(client);
    if (clients?.size === 0) this.#byConversation.delete(conversation);
  }

  removeAll(client: LiveClient): void {
    for (const conversation of client.subscriptions) this.remove(client, conversation);
  }
}
