import { z } from 'zod';
import { PerfkitError } from '../../model/errors.ts';
import { resultParts } from '../result-schema.ts';
import type { PairedRun } from '../../model/paired.ts';

const { text, number, tags, environment, validity } = resultParts;
const maxPairs = 1000;
const maxSeries = 2000;
const chance = number.gt(0).lt(0.5);

const arm = z.object({
  label: text.describe('what the user named: a git ref, a folder, a package'),
  revision: text.nullable().describe('the commit or exact version'),
});

const slots = z
  .array(z.object({ startNs: number, order: z.enum(['base first', 'head first']) }))
  .max(maxPairs);

const values = z
  .array(number.nullable())
  .max(maxPairs)
  .describe('a value per process, in the order of the pairs; null where it gave none');

const named = {
  metric: text,
  tags,
  statistic: z.enum(['p50', 'p95', 'p99', 'rate', 'value']),
  unit: z.enum(['ns', 'bytes', 'ratio', 'count']),
  perSecond: z.boolean(),
  better: z.enum(['lower', 'higher', 'neither']),
};

const series = z.object({
  ...named,
  gated: z.boolean().describe('it is to decide'),
  threshold: number
    .nullable()
    .describe('smallest change that counts, as a share; null: that of the settings'),
  floor: number.describe('smallest difference that counts, in the unit'),
  base: values,
  head: values,
  control: z.object({ base: values, head: values }).describe('pairs in which the base stood for both sides'),
  samplesPerRun: number.nullable().describe('fewest samples that any of the processes had'),
});

const change = z
  .object({
    scale: z
      .enum(['ratio', 'difference'])
      .describe('ratio: head / base - 1; difference: head - base, in the unit'),
    estimate: number.describe('Hodges and Lehmann: median of the means of any two pairs'),
    interval: z.tuple([number, number]).nullable(),
    confidence: number.describe('of the interval, at this look'),
    threshold: number.describe('smallest change that counts'),
    worseFrom: number.describe('the threshold, or more where the control moves more than that'),
    spread: number.nullable().describe('standard deviation over the pairs, of logarithms for a ratio'),
    controlSpread: number.nullable().describe('likewise over the controls'),
    detectable: number
      .nullable()
      .describe(
        'smallest change for the worse found four times out of five, as for a metric of which less is better',
      ),
    p: number
      .nullable()
      .describe('probability of such evidence for "worse" if nothing had changed, after Holm'),
    method: z.enum(['signed rank', 'paired t']).describe('of p'),
  })
  .nullable();

const decision = z.object({
  outcome: z
    .enum(['pass', 'fail', 'inconclusive', 'no data', 'unfit'])
    .describe('unfit: the machine tells the base from itself, or the run is invalid'),
  reasons: z.array(text),
  notes: z.array(text),
  look: number.describe('index of the look that it was made at'),
  pairs: number,
  controls: number,
  series: z
    .array(
      z.object({
        ...named,
        gated: z.boolean().describe('it decides'),
        base: number.nullable().describe('median over the processes'),
        head: number.nullable().describe('median over the processes'),
        change,
        verdict: z.enum(['better', 'worse', 'same', 'cannot tell', 'descriptive', 'no data']),
        notWorse: z.boolean().describe('a change for the worse by the threshold is ruled out'),
        morePairs: number
          .nullable()
          .describe('how many more pairs would tell, if what was seen is the truth'),
        reason: text.nullable(),
      }),
    )
    .max(maxSeries),
});

const pairedSchema: z.ZodType<PairedRun> = z
  .object({
    schema: z.literal('perfkit/paired@1'),
    perfkit: text,
    base: arm,
    head: arm,
    scenario: z.object({ name: text, file: text.nullable(), hash: text, seed: number }),
    environment,
    started: z.iso.datetime(),
    durationNs: number,
    complete: z.boolean(),
    settings: z.object({
      threshold: number.min(0).describe('a share: 0.03 is 3 %; P95 takes 5/3 and P99 10/3 of it'),
      falseAlarm: chance.describe(
        'chance of any "worse" where nothing has changed, over all series and looks',
      ),
      wrongSide: chance.describe('chance for a series to be told on the wrong side of the threshold'),
      strict: z.boolean(),
    }),
    looks: z
      .array(
        z.object({ pairs: number, share: number.gt(0).max(1).describe('its part of the chances of error') }),
      )
      .max(20),
    pairs: slots,
    control: slots,
    series: z.array(series).max(maxSeries),
    validity,
    decision: decision.nullable(),
  })
  .describe('Two versions measured in turns by perfkit');

/** The document as JSON Schema, for `schema/paired-v1.json`. */
export function pairedJsonSchema(): unknown {
  return z.toJSONSchema(pairedSchema, { target: 'draft-2020-12' });
}

/** Check a document that was read from `file`. Throws PerfkitError with every fault and its path. */
export function parsePaired(json: unknown, file: string): PairedRun {
  const parsed = pairedSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 10)
    .map((issue) => `  $.${issue.path.join('.')}: ${issue.message}`);
  throw new PerfkitError('result', `${file} is no valid paired run:\n${faults.join('\n')}`);
}
