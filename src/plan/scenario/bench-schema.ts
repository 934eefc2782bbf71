import { z } from 'zod';
import { common, count, name, seed } from './common-fields.ts';
import { duration, rateExpected, rateFault, ratePattern, size, text } from './quantities.ts';
import { parseDistribution } from './parse-distribution.ts';
import { describeValue } from '../problems/printable.ts';

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

export const bench = z.strictObject({
  ...common,
  kind: z.literal('bench'),
  subjects: z.array(subject).min(1).max(100),
  workload: workload.optional(),
  run: benchRun.optional(),
  reference: name.optional().describe('subject that `reference` means in targets'),
});
