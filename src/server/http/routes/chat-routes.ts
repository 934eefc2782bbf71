import { longestQuestion } from '../../jobs/job.ts';
import type { Services } from '../../services.ts';
import { fieldsOf, flagOf, idOf, queryNumber, textOf } from '../check-body.ts';
import { HttpError } from '../http-error.ts';
import { jsonReply } from '../route.ts';
import type { Route } from '../route.ts';
import { streamConversation } from './stream-conversation.ts';

/** Chat: questions, the state of a conversation, its messages, and all of it as a stream. */
export function chatRoutes({ chat, conversations, patterns, jobs, live, corpus, config }: Services): Route[] {
  return [
    {
      method: 'POST',
      path: '/messages',
      async handle(request) {
        const body = fieldsOf(await request.json(), 'body', ['conversation', 'question', 'background']);
        const conversation = idOf(body['conversation'], 'body.conversation');
        const question = textOf(body['question'], 'body.question', longestQuestion);
        if (body['background'] !== undefined && flagOf(body['background'], 'body.background')) {
          const job = jobs.add({ job: { kind: 'answer', conversation, question }, priority: 'medium' });
          return jsonReply(job, 202);
        }
        const reply = await chat.ask(conversation, question, request.signal());
        live.publish(conversation, 'medium', { question, answer: reply.text, messages: reply.messages });
        return jsonReply(reply);
      },
    },
    {
      method: 'GET',
      path: '/conversations/:id/state',
      async handle({ params }) {
        const state = await chat.state(idOf(params['id'], 'the id of the conversation'));
        if (state === null) throw unknownConversation();
        return jsonReply(state);
      },
    },
    {
      method: 'GET',
      path: '/conversations/:id/messages',
      handle({ params, query }) {
        const after = queryNumber(query, 'after', { fallback: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
        const limit = queryNumber(query, 'limit', { fallback: 50, min: 1, max: 500 });
        const items = conversations.messages(idOf(params['id'], 'the id of the conversation'), after, limit);
        return jsonReply({ items, next: items.length === limit ? (items.at(-1)?.number ?? null) : null });
      },
    },
    {
      method: 'GET',
      path: '/stream/:id',
      async handle({ params, query }) {
        const id = idOf(params['id'], 'the id of the conversation');
        const last = queryNumber(query, 'messages', { fallback: 1_000, min: 1, max: 10_000 });
        const state = await chat.state(id);
        if (state === null) throw unknownConversation();
        const parts = streamConversation(state, conversations, patterns, last);
        if (config.streaming) {
          return { kind: 'stream', status: 200, contentType: 'application/x-ndjson', parts };
        }
        let text = '';
        for await (const part of parts) text += part;
        const headers = { 'content-type': 'application/x-ndjson' };
        return { kind: 'bytes', status: 200, headers, bytes: Buffer.from(text) };
      },
    },
    {
      // For scenarios: what to ask, so that repeated and new questions can be mixed at will.
      method: 'GET',
      path: '/questions/:number',
      handle({ params }) {
        const number = Number(params['number']);
        if (!Number.isSafeInteger(number) || number < 0) {
          throw new HttpError(400, 'the number of the question is not valid', {
            expected: 'a whole number',
            got: params['number']?.slice(0, 40) ?? '',
          });
        }
        return jsonReply({ number, question: corpus.question(number) });
      },
    },
  ];
}

function unknownConversation(): HttpError {
  return new HttpError(404, 'there is no such conversation', { expected: 'one that something was said in' });
}
