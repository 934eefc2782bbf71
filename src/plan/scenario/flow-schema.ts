import { z } from 'zod';
import { name } from './common-fields.ts';
import { auth, requestFields, variableName } from './exchange-schema.ts';
import { headerName, headerValue, requestPath } from './http-fields.ts';
import { parseThink } from './parse-think.ts';
import { expectations, text } from './quantities.ts';
import { streamFields } from './stream-schema.ts';
import { describeValue } from '../problems/printable.ts';

const thinkTime = text(
  'a time to think, such as "1s", "1s..3s" or "exponential(2s)"',
  '^\\s*[\\w.µ]+(\\s*\\.\\.\\s*[\\w.µ]+|\\([\\w.µ]+\\))?\\s*$',
  (value) =>
    parseThink(value) === null
      ? `expected a time to think such as "1s", "1s..3s" or "exponential(2s)", got ${describeValue(value)}`
      : null,
);

const method = requestPath.optional();

const step = z.strictObject({
  name: name.optional().describe('the `name` tag of its series; METHOD /path when left out'),
  get: method,
  post: method,
  put: method,
  patch: method,
  delete: method,
  head: method,
  options: method,
  headers: z.record(headerName, z.union([headerValue, z.array(headerValue)])).optional(),
  think: thinkTime
    .optional()
    .describe(
      'what the user waits after this step: "1s", "1s..3s" or "exponential(2s)"; an arrival of an open phase goes after its last step',
    ),
  ...requestFields,
  ...streamFields,
  ws: method.describe('path of a WebSocket: one socket a user'),
  sse: method.describe('path of server-sent events: the step is done when `until` is reached'),
});

export const flow = z.strictObject({
  name,
  weight: z.number().gt(0).max(1e6).register(expectations, { expects: 'a number above 0' }).optional(),
  cookies: z
    .boolean()
    .optional()
    .describe(
      'each user keeps cookies and sends them back; when left out: true if a step captures something or follows redirects',
    ),
  auth: auth.optional(),
  steps: z
    .array(step)
    .min(1)
    .max(100)
    .optional()
    .describe('one after the other on one connection; ends at the first that fails'),
  call: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('./file.ts#export in place of steps: an async function that carries out a whole flow'),
  operations: z
    .array(name)
    .min(1)
    .max(100)
    .optional()
    .describe('names that the function gives to its requests; one named as the flow when left out'),
  data: z.array(variableName).max(20).optional().describe('sources of data that the function gets a row of'),
});
