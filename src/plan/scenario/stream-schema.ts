import { z } from 'zod';
import { duration, expectations, size, text } from './quantities.ts';
import { parseJsonPath } from '../../model/json-path.ts';
import { describeValue } from '../problems/printable.ts';

const place = text('a place in JSON, such as "$.pong"', '^\\$', (value) =>
  parseJsonPath(value) === null
    ? `expected a place in JSON such as "$.pong" or "$.items[0].id", got ${describeValue(value)}`
    : null,
);

const many = z
  .int()
  .min(1)
  .max(1_000_000_000)
  .register(expectations, { expects: 'a whole number from 1 to 1000000000' });

const token = text('a subprotocol', "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", (value) =>
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(value)
    ? null
    : `expected the name of a subprotocol, got ${describeValue(value)}`,
);

/** Keys of a step that opens a stream, beside `name` and `headers`; resolve-stream.ts says which go together. */
export const streamFields = {
  ws: z.string().optional().describe('path of a WebSocket: one socket a user'),
  sse: z.string().optional().describe('path of server-sent events: the step is done when `until` is reached'),
  send: z
    .strictObject({
      every: duration()
        .optional()
        .describe(
          'messages are due so far apart, whatever the replies do; left out: when the reply has come',
        ),
      text: z.string().max(1_000_000).optional(),
      json: z.unknown().optional(),
      binary: size(16 * 1024 ** 2)
        .optional()
        .describe('length of a binary message'),
    })
    .optional()
    .describe('what each user sends; ${iteration} is the number of the message on its socket'),
  match: z
    .strictObject({
      json: place
        .optional()
        .describe(
          'where the reply repeats ${iteration}; left out: replies come in the order of the messages',
        ),
      timeout: duration().optional(),
    })
    .optional()
    .describe('how a reply is told from other messages; left out: none is expected'),
  stamp: place
    .optional()
    .describe('where a message says when it was sent, in ms since 1970 by the clock of this machine'),
  until: z
    .strictObject({ for: duration().optional(), messages: many.optional(), events: many.optional() })
    .optional()
    .describe('the socket closes, or the stream of events is complete'),
  deflate: z.boolean().optional().describe('offer per-message deflate'),
  protocols: z.array(token).min(1).max(20).optional().describe('subprotocols to offer'),
};
