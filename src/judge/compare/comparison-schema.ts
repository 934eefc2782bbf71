import { z } from 'zod';
import type { Comparison } from '../../model/comparison.ts';

const text = z.string().max(100_000);
const number = z.number();
const share = number.describe('a share: 0.05 is 5 %');
const tags = z.record(z.string().max(200), z.string().max(2000));
const outcome = z
  .enum(['better', 'worse', 'same', 'cannot tell', 'refused', 'no data'])
  .describe('refused: the two are not comparable; no data: a series that decides is missing or empty');

const run = z.object({
  label: text.describe('where it was read from'),
  perfkit: text,
  started: z.iso.datetime(),
});

const side = z
  .object({
    value: number,
    bounded: z.boolean().describe('the truth is at least the value'),
    samples: number,
    replicates: number.describe('rounds, or slices of time, that it was measured in'),
  })
  .nullable()
  .describe('of the whole run');

const change = z
  .object({
    scale: z
      .enum(['ratio', 'difference'])
      .describe('ratio: head / base - 1; difference: head - base, in the unit'),
    estimate: number,
    low: number.nullable(),
    high: number.nullable(),
    threshold: number.describe('smallest change that counts'),
    detectable: number
      .nullable()
      .describe(
        'smallest change for the worse found four times out of five, as for a metric of which less is better',
      ),
    p: number
      .nullable()
      .describe('of such evidence for "worse" if the change were the threshold, after Holm'),
    method: z.enum(['rank sum', 'welch', 'blocks', 'ranks', 'none']),
  })
  .nullable();

const series = z.object({
  metric: text,
  tags,
  statistic: z.enum(['p50', 'p95', 'p99', 'rate', 'value']),
  unit: z.enum(['ns', 'bytes', 'ratio', 'count']),
  perSecond: z.boolean(),
  better: z.enum(['lower', 'higher', 'neither']),
  base: side,
  head: side,
  change,
  gated: z.boolean().describe('it decides'),
  verdict: z.enum(['better', 'worse', 'same', 'cannot tell', 'descriptive', 'missing', 'new', 'no data']),
  notWorse: z.boolean().describe('a change for the worse by the threshold is ruled out'),
  reason: text.nullable(),
});

const comparisonSchema: z.ZodType<Comparison> = z
  .object({
    schema: z.literal('perfkit/comparison@1'),
    perfkit: text,
    base: run,
    head: run,
    settings: z.object({
      threshold: share.describe('smallest change that counts; P99 takes twice of it'),
      confidence: share,
      gates: z.array(text).nullable().describe('metrics that decide; null: those that perfkit chooses'),
      advisory: z.boolean(),
      strict: z.boolean(),
    }),
    outcome,
    advisory: z.boolean().describe('the two differ in what must be the same: the outcome gates nothing'),
    reasons: z.array(text),
    scenarios: z.array(
      z.object({
        name: text,
        outcome,
        reasons: z.array(text),
        notes: z.array(text),
        differences: z.array(z.object({ field: text, base: text, head: text })),
        series: z.array(series),
      }),
    ),
  })
  .describe('Two results compared by perfkit');

/** The document as JSON Schema, for `schema/comparison-v1.json`. */
export function comparisonJsonSchema(): unknown {
  return z.toJSONSchema(comparisonSchema, { target: 'draft-2020-12' });
}

/** Check a document. Throws ZodError with every fault and its path. */
export function checkComparison(json: unknown): Comparison {
  return comparisonSchema.parse(json);
}
