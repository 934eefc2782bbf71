import { z } from 'zod';
import { namePattern } from '../../model/template.ts';
import { parseJsonPath } from '../../model/json-path.ts';
import { parsePattern, PatternError } from '../../model/pattern.ts';
import { describeValue } from '../problems/printable.ts';
import { filePath, headerName, headerValue, mediaType, status } from './http-fields.ts';
import { expectations, text } from './quantities.ts';
import { readPattern } from './read-pattern.ts';

/** What a variable is called: of a capture, or of a source of data. */
export const variableName = text('a name', '^[A-Za-z_][\\w-]*$', (value) =>
  namePattern.test(value)
    ? null
    : `expected a name of letters, digits, _ and -, beginning with a letter, got ${describeValue(value)}`,
);

const jsonPath = text('a place in JSON, such as "$.items[0].id"', '^\\$', (value) =>
  parseJsonPath(value) === null
    ? `expected a place in JSON such as "$.items[0].id" or "$.items[*].id", got ${describeValue(value)}`
    : null,
);

/** Without slashes around it. */
const pattern = text('a regular expression', '', patternFault);

function patternFault(value: string): string | null {
  try {
    parsePattern(value);
    return null;
  } catch (error) {
    if (error instanceof PatternError) return `the regular expression is not possible: ${error.message}`;
    throw error;
  }
}

const headerExpectation = text('the text of a header, or a /pattern/', '', (value) => {
  const written = readPattern(value);
  return written === null ? null : patternFault(written);
});

const capture = z
  .union([
    jsonPath,
    z.strictObject({
      json: jsonPath.optional(),
      header: headerName.optional(),
      regex: pattern
        .optional()
        .describe('its first group, or all of it; linear time: no back-references, no look-around'),
      cookie: z.string().min(1).max(100).optional().describe('that this reply sets'),
    }),
  ])
  .register(expectations, {
    expects: 'a place in JSON such as "$.id", or {header: NAME}, {regex: PATTERN}, {cookie: NAME}',
  });

const fields = z.record(
  z.string().min(1).max(200),
  z.union([z.string(), z.number(), z.boolean()]).register(expectations, { expects: 'a text or a number' }),
);

const multipartField = z
  .union([
    z.string(),
    z.strictObject({
      path: filePath.describe('read once, before the run'),
      type: mediaType.optional().describe('application/octet-stream when left out'),
      filename: z.string().min(1).max(200).optional().describe("the file's own name when left out"),
    }),
  ])
  .register(expectations, { expects: 'a text, or a file as {path: ./x.png, type: image/png}' });

export const auth = z
  .strictObject({
    basic: z.strictObject({ user: z.string().max(1000), password: z.string().max(1000) }).optional(),
    bearer: headerValue.optional(),
  })
  .describe('an Authorization header, basic or bearer; put passwords and tokens in as ${secret:NAME}');

/** Keys of a request beside its method, name, headers and time to think. */
export const requestFields = {
  query: fields.optional().describe('percent-encoded and added to the path'),
  auth: auth.optional(),
  body: z
    .union([z.string(), z.strictObject({ file: filePath })])
    .register(expectations, { expects: 'a text, or {file: ./x.bin}' })
    .optional()
    .describe('UTF-8 text, or a file of at most 64 MiB that is read once, before the run'),
  json: z
    .unknown()
    .optional()
    .describe(
      'sent as JSON; a text that is one variable and nothing else keeps its type: "${captured:id}" may be a number',
    ),
  form: fields.optional().describe('sent as application/x-www-form-urlencoded'),
  multipart: z
    .record(z.string().min(1).max(200), multipartField)
    .optional()
    .describe('sent as multipart/form-data: texts, and files as {path, type, filename}'),
  redirects: z
    .int()
    .min(0)
    .max(20)
    .register(expectations, { expects: 'a whole number from 0 to 20' })
    .optional()
    .describe(
      'follow so many redirects to the same origin, within the operation and its clocks; 0 when left out: a redirect is the reply',
    ),
  expect: z
    .strictObject({
      status: z
        .union([status, z.array(status).min(1)])
        .optional()
        .describe('200 to 399 when left out'),
      header: z
        .record(headerName, headerExpectation)
        .optional()
        .describe('the whole text of a header, or a /pattern/ (/pattern/i) that matches somewhere in it'),
      body: z
        .strictObject({
          contains: z.string().min(1).max(100_000).optional(),
          matches: pattern.optional().describe('a regular expression, in linear time'),
          equals: z.string().max(1_000_000).optional(),
        })
        .optional()
        .describe('the body as text, decoded'),
      json: z
        .record(jsonPath, z.unknown())
        .optional()
        .describe('what must stand at a place of a JSON body, such as {"$.ok": true}'),
    })
    .optional()
    .describe('anything else counts as an error of class expectation (or by its status)'),
  capture: z
    .record(variableName, capture)
    .optional()
    .describe(
      'parts of the reply for later steps of the flow, as ${captured:NAME}: {id: "$.items[0].id", token: {header: x-token}, csrf: {regex: "value=(.+?);"}, sid: {cookie: sid}}; [*] is the first element that has the rest',
    ),
};

export const data = z
  .record(
    variableName,
    z.strictObject({
      csv: filePath.optional().describe('RFC 4180, UTF-8, the first row names the columns; of any size'),
      json: filePath
        .optional()
        .describe(
          'a list of objects (up to 64 MiB), or one object a line in a .jsonl or .ndjson file of any size',
        ),
      pick: z
        .enum(['sequential', 'random', 'once'])
        .optional()
        .describe(
          'sequential (when left out): in turn, from the top again; random: from the seed; once: each row once, then the phase ends',
        ),
    }),
  )
  .describe('rows for flows: each flow that names ${data:SOURCE.COLUMN} draws one at its start');
