import { z } from 'zod';
import { name } from './common-fields.ts';
import { expectations, text } from './quantities.ts';
import { describeValue } from '../problems/printable.ts';

const headerValue = text('the text of a header', '^[^\\r\\n]*$', (value) =>
  // oxlint-disable-next-line no-control-regex -- RFC 9110, section 5.5: these never stand in a field value
  /[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)
    ? `expected a header value without control characters, got ${describeValue(value)}`
    : null,
);

/** RFC 9110, section 5.6.2: a field name is a token. */
const headerName = text('a header name', "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", (value) =>
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(value)
    ? null
    : `expected a header name, got ${describeValue(value)}`,
);

const requestPath = text('a path that starts with /', '^/', (value) =>
  /^\/[\u0021-\u007e]*$/.test(value) && !value.includes('#')
    ? null
    : `expected a path that starts with "/", has no spaces or "#" and is percent-encoded, got ${describeValue(value)}`,
);

const status = z.int().min(100).max(599).register(expectations, { expects: 'a status code from 100 to 599' });
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
  body: z.string().optional().describe('UTF-8 text'),
  json: z.unknown().optional().describe('sent as JSON'),
  expect: z
    .strictObject({ status: z.union([status, z.array(status).min(1)]) })
    .optional()
    .describe('anything else counts as an error; 200 to 399 when left out'),
});

export const flow = z.strictObject({
  name,
  weight: z.number().gt(0).max(1e6).register(expectations, { expects: 'a number above 0' }).optional(),
  steps: z.array(step).min(1).max(100),
});
