import { z } from 'zod';
import { TargetError, parseTarget } from '../../model/target.ts';
import { messageOf } from '../../model/errors.ts';
import { expectations, text } from './quantities.ts';
import { parseSamples } from './parse-samples.ts';
import { describeValue } from '../problems/printable.ts';

export const name = text('a name', '^[^\\s{},][^{},]*$', (value) => {
  if (/^[^\p{Cc}\s{},](?:[^\p{Cc}{},]{0,98}[^\p{Cc}\s{},])?$/u.test(value)) return null;
  return `expected a name of 1 to 100 characters without { } , or line breaks, got ${describeValue(value)}`;
});

export const word = text('a name without spaces', '^[\\w./-]+$', (value) =>
  /^[\w./-]{1,100}$/.test(value)
    ? null
    : `expected a name of letters, digits and . _ / -, got ${describeValue(value)}`,
);

export const count = (max: number) =>
  z
    .int()
    .min(1)
    .max(max)
    .register(expectations, { expects: `a whole number from 1 to ${max}` });
const largestSeed = 2 ** 32 - 1;
export const seed = z
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

const samples = text('a number of samples, such as "1000 samples"', '^[\\d._]+[kM]? samples?$', (value) =>
  parseSamples(value) === null
    ? `expected a number of samples such as "1000 samples", got ${describeValue(value)}`
    : null,
);

const target = z
  .union([
    targetText,
    z.strictObject({
      id: word.optional(),
      expr: targetText,
      source: z.string().max(300).optional().describe('the document or reason that the limit comes from'),
      severity: z.enum(['error', 'warn']).optional().describe('warn: reported, but does not fail the run'),
      abort: z
        .boolean()
        .optional()
        .describe('true: judged every second, and the run is stopped when it fails'),
      after: samples.optional().describe('how many samples there must be before it may stop the run'),
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

export const common = {
  version: z.literal(1).register(expectations, { expects: '1, the version of the scenario format' }),
  name: word.describe('unique name, such as cache/get'),
  tags: z.array(word).max(50).optional().describe('for perfkit bench --tag'),
  metrics: z.record(z.string(), metric).optional().describe("metrics that the scenario's own modules report"),
  targets: z.array(target).max(1000).optional(),
};
