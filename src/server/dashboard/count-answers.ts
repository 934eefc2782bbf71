import type { Chat } from '../chat/chat.ts';

/** The same chat, and how many questions it has answered since the start, over HTTP and WebSockets. */
export function countAnswers(chat: Chat): { readonly chat: Chat; readonly answered: () => number } {
  let answered = 0;
  return {
    chat: {
      ...chat,
      async ask(conversation, question, signal) {
        const reply = await chat.ask(conversation, question, signal);
        answered++;
        return reply;
      },
    },
    answered: () => answered,
  };
}
