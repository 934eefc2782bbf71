import type { Chat } from '../chat/chat.ts';
import { errorReply } from '../http/error-reply.ts';
import type { LiveClient } from './live-client.ts';
import type { LiveMessage } from './parse-live-message.ts';
import type { LivePriority } from './priorities.ts';
import type { Subscriptions } from './subscriptions.ts';
import { mostSubscriptions } from './wanted-conversations.ts';

export interface LiveProtocolParts {
  readonly subscriptions: Subscriptions;
  /** `dataJson` is JSON already. */
  readonly publish: (conversation: string, priority: LivePriority, dataJson: string) => void;
  readonly ask: Chat['ask'];
}

/** Questions of a client that are under way at once. */
const mostQuestions = 4;

/** Does what a client on /live says; it is told of what cannot be done. */
export function createLiveProtocol({
  subscriptions,
  publish,
  ask,
}: LiveProtocolParts): (client: LiveClient, message: LiveMessage) => void {
  const answer = async (client: LiveClient, message: LiveMessage & { type: 'ask' }): Promise<void> => {
    const { idJson, conversation, question } = message;
    if (client.asking >= mostQuestions) {
      tellOf(client, idJson, { type: 'error', error: `at most ${mostQuestions} questions at once` });
      return;
    }
    client.asking++;
    try {
      const reply = await ask(conversation, question);
      tellOf(client, idJson, { type: 'answer', ...reply });
      const { text: answered, messages } = reply;
      publish(conversation, 'medium', JSON.stringify({ question, answer: answered, messages }));
    } catch (error) {
      tellOf(client, idJson, { type: 'error', ...errorReply(error).body });
    } finally {
      client.asking--;
    }
  };
  return (client, message) => {
    switch (message.type) {
      case 'ping':
        client.send(`{"pong":${message.valueJson}}`);
        return;
      case 'subscribe': {
        const { conversation } = message;
        if (client.subscriptions.size >= mostSubscriptions && !client.subscriptions.has(conversation)) {
          tell(client, { type: 'error', error: `at most ${mostSubscriptions} subscriptions a client` });
          return;
        }
        subscriptions.add(client, conversation);
        tell(client, message);
        return;
      }
      case 'unsubscribe':
        subscriptions.remove(client, message.conversation);
        tell(client, message);
        return;
      case 'publish':
        publish(message.conversation, message.priority, message.dataJson);
        return;
      case 'ask':
        void answer(client, message);
    }
  };
}

function tell(client: LiveClient, message: object): void {
  client.send(JSON.stringify(message));
}

/** With the id of the question, as the client gave it. */
function tellOf(client: LiveClient, idJson: string, message: object): void {
  client.send(`${JSON.stringify(message).slice(0, -1)},"id":${idJson}}`);
}
