import { z } from 'zod';
import { TargetError, parseTarget } from '../../model/target.ts';
import { messageOf } from '../../model/errors.ts';
import { duration, expectations, rateExpected, rateFault, ratePattern, size, text } from './quantities.ts';
import { parseDistribution } from './parse-distribution.ts';
import { describeValue } from '../problems/printable.ts';

/**
 * The scenario format, version 1: the types, the validation and the published JSON Schema come from here. It accepts
 * only what a Plan can carry out. Checks within one value stand here; those between values (a target's phase, a
 * module's path) in resolve-*.ts.
 */
const name = text('a name', '^[^\\s{},][^{},]*$', (value) => {
  if (/^[^\p{Cc}\s{},](?:[^\p{Cc}{},]{0,98}[^\p{Cc}\s{},])?$/u.test(value)) return null;
  return `expected a name of 1 to 100 characters without { } , or line breaks, got ${describeValue(value)}`;
});

const word = text('a name without spaces', '^[\\w./-]+$', (value) =>
  /^[\w./-]{1,100}$/.test(value)
    ? null
    : `expected a name of letters, digits and . _ / -, got ${describeValue(value)}`,
);

const count = (max: number) =>
  z
    .int()
    .min(1)
    .max(max)
    .register(expectations, { expects: `a whole number from 1 to ${max}` });
const largestSeed = 2 ** 32 - 1;
const seed = z
  .int()
  .min(0)
  .max(largestSeed)
  .register(expectations, { expects: 'a whole number from 0 to 4294967295' });

const targetText = z
  .string()
  .check((payload) => {
    try {
      parseTarget(payload.value);
    } catch (error) {
      const offset = error instanceof TargetError ? error.offset : 0;
      payload.issues.push({
        code: 'custom',
        message: messageOf(error),
        input: payload.value,
        params: { offset },
      });
    }
  })
  .register(expectations, { expects: 'a target, such as "response_time p95 < 200ms"' });

const target = z
  .union([
    targetText,
    z.strictObject({
      id: word.optional(),
      expr: targetText,
      source: z.string().max(300).optional().describe('the document or reason that the limit comes from'),
      severity: z.enum(['error', 'warn']).optional().describe('warn: reported, but does not fail the run'),
    }),
  ])
  .describe('metric{tag:value} agg op limit [in phase] [over window]');

const metric = z.strictObject({
  unit: z.enum(['ns', 'bytes', 'ratio', 'count']),
  kind: z.enum(['histogram', 'counter', 'gauge']),
  better: z.enum(['lower', 'higher', 'neither']),
  rate: z.enum(['per-second', 'ratio']).optional().describe('what the rate of a counter divides by'),
  help: z.string().max(300).optional(),
});

const common = {
  version: z.literal(1).register(expectations, { expects: '1, the version of the scenario format' }),
  name: word.describe('unique name, such as cache/get'),
  tags: z.array(word).max(50).optional().describe('for perfkit bench --tag'),
  metrics: z.record(z.string(), metric).optional().describe("metrics that the scenario's own modules report"),
  targets: z.array(target).max(1000).optional(),
};

const moduleExport = z.string().min(1).max(500);

const subject = z.strictObject({
  name,
  use: moduleExport
    .optional()
    .describe('a built-in driver, or ./file.ts#export that is called once and returns the subject'),
  call: moduleExport.optional().describe('./file.ts#export that is itself the operation'),
  tinybench: moduleExport.optional().describe('./file.ts#export that is a tinybench Bench'),
  task: z.string().min(1).max(200).optional().describe("name of one of the Bench's tasks"),
  options: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('handed to the driver or factory; may hold ${secret:NAME}'),
});

const distribution = text(
  'zipf(0.99), latest(0.99), uniform or sequential',
  '^(uniform|sequential|(zipf|latest)(\\([\\d.]+\\))?)$',
  (value) =>
    parseDistribution(value) === null
      ? `expected zipf(0.99), latest(0.99), uniform or sequential (an exponent lies above 0 and is at most 10), got ${describeValue(value)}`
      : null,
);

const workload = z.strictObject({
  keys: count(100_000_000).optional().describe('number of different keys'),
  distribution: distribution.optional().describe('how often each key is used'),
  mix: z
    .record(z.string(), z.number().min(0).max(1e9))
    .refine((mix) => Object.values(mix).some((share) => share > 0), {
      error: 'expected at least one operation with a share above 0',
    })
    .optional()
    .describe('operation name to its share'),
  valueBytes: z.union([count(64 * 1024 ** 2), size(64 * 1024 ** 2)]).optional(),
  seed: seed.optional(),
});

const concurrency = count(10_000);

const benchRun = z.strictObject({
  warmup: duration({ zero: true }).optional(),
  for: duration().optional().describe('time of one round of one subject'),
  rounds: count(1000).optional(),
  isolate: z.enum(['process', 'none']).optional().describe('process: each subject and round in a fresh one'),
  concurrency: z
    .union([concurrency, z.array(concurrency).min(1).max(16)])
    .optional()
    .describe('operations in flight at once'),
  arrivals: text(`closed, or ${rateExpected}`, `^closed$|${ratePattern}`, (value) => {
    if (value === 'closed') return null;
    return /\d/.test(value)
      ? rateFault(value)
      : `expected \`closed\` or ${rateExpected}, got ${describeValue(value)}`;
  })
    .optional()
    .describe('closed: the next starts when one ends; a rate: started on time whatever happens'),
});

const bench = z.strictObject({
  ...common,
  kind: z.literal('bench'),
  subjects: z.array(subject).min(1).max(100),
  workload: workload.optional(),
  run: benchRun.optional(),
  reference: name.optional().describe('subject that `reference` means in targets'),
});

const phase = z.strictObject({
  name: word,
  for: duration(),
  rate: text(rateExpected, ratePattern, rateFault)
    .optional()
    .describe('open: flows started a second (a flow of one step is one request), whatever the server does'),
  users: count(100_000).optional().describe('closed: so many users, each with one request at a time'),
  spacing: z.enum(['uniform', 'poisson']).optional(),
  connections: count(100_000).optional().describe('open: at most so many requests in flight'),
  requests: count(1_000_000_000).optional().describe('end the phase after so many requests'),
  measure: z.boolean().optional().describe('false: a warm-up, kept out of series and targets'),
});

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

const flow = z.strictObject({
  name,
  weight: z.number().gt(0).max(1e6).register(expectations, { expects: 'a number above 0' }).optional(),
  steps: z.array(step).min(1).max(100),
});

const load = z.strictObject({
  ...common,
  kind: z.literal('load'),
  target: z.strictObject({
    http: z.string().min(1).max(2000).describe('http://host:port, or builtin:NAME'),
    allow: z
      .array(z.string().min(1).max(255))
      .max(100)
      .optional()
      .describe('hosts that traffic may go to beside loopback'),
  }),
  phases: z.array(phase).min(1).max(1000),
  flows: z.array(flow).min(1).max(100).optional().describe("one GET of the URL's path when left out"),
  limits: z
    .strictObject({
      timeout: duration().optional(),
      connectTimeout: duration().optional(),
      maxBody: size(1024 ** 3).optional(),
      maxHeader: size(16 * 1024 ** 2).optional(),
      maxWaiting: z
        .int()
        .min(0)
        .max(10_000_000)
        .optional()
        .describe('arrivals that may wait for a connection; more are dropped'),
      gracefulStop: duration({ zero: true }).optional(),
    })
    .optional(),
  pacing: z.enum(['precise', 'eco']).optional().describe('eco: timers only, no spinning'),
  seed: seed.optional(),
});

/** Schemas by `kind`. */
export const scenarioSchemas = { bench, load } as const;

/** What the JSON Schema is made from. */
export const scenarioSchema = z.discriminatedUnion('kind', [bench, load]);

export type BenchScenario = z.input<typeof bench>;
export type LoadScenario = z.input<typeof load>;
export type Scenario = BenchScenario | LoadScenario;
