import { z } from 'zod';
import { PerfkitError } from '../../model/errors.ts';
import { resultParts } from '../result-schema.ts';
import type { CapacityResult } from '../../model/capacity.ts';

const { text, number, tags, environment, validity } = resultParts;
const rate = number.describe('flows started a second (a flow of one step is one request)');
const stepOutcome = z.enum(['pass', 'fail', 'invalid']);

const latency = z
  .object({
    p50: number,
    p95: number,
    p99: number,
    p999: number,
    max: number,
    boundedFrom: number.nullable().describe('percentiles above this one are lower bounds'),
  })
  .nullable()
  .describe('response time in nanoseconds, from when a request was due');

const step = z.object({
  kind: z.enum(['search', 'soak']),
  attempt: number.describe('2, 3: run again, since the one before did not pass'),
  ratePerSecond: rate,
  achievedPerSecond: number.describe('requests that ended a second while the load was on'),
  intendedPerSecond: number.describe('requests that fell due a second'),
  requests: number,
  latency,
  errorRate: number.describe('share of the requests that failed'),
  errors: z.array(z.object({ class: text, tags, count: number, example: text })).max(200),
  outcome: stepOutcome,
  reasons: z.array(text),
  validity,
});

export const capacitySchema: z.ZodType<CapacityResult> = z
  .object({
    schema: z.literal('perfkit/capacity@1'),
    perfkit: text,
    scenario: z.object({ name: text, file: text.nullable(), hash: text, seed: number }),
    environment,
    started: z.iso.datetime(),
    durationNs: number,
    search: z.object({
      fromPerSecond: rate,
      maxPerSecond: rate,
      precision: number,
      warmupNs: number,
      stepNs: number,
      soakNs: number,
      pauseNs: number,
    }),
    targets: z.array(
      z.object({
        expr: text,
        source: text.nullable(),
        fromScenario: z.boolean().describe('false: a default of perfkit'),
      }),
    ),
    notes: z.array(text),
    steps: z.array(step).max(1000),
    curve: z
      .array(
        z.object({
          ratePerSecond: rate,
          achievedPerSecond: number,
          latency,
          errorRate: number,
          outcome: stepOutcome,
        }),
      )
      .max(1000)
      .describe('latency against rate, by rising rate'),
    outcome: z.enum(['found', 'too slow', 'generator', 'undecided', 'interrupted']),
    capacityPerSecond: number.nullable().describe('highest rate that the targets were seen to hold at'),
    atMaximum: z.boolean().describe('the capacity is the highest rate that was to be tried'),
    reasons: z.array(text),
  })
  .describe('A search for the highest rate at which the targets hold');

/** The document as JSON Schema, for `schema/capacity-v1.json`. */
export function capacityJsonSchema(): unknown {
  return z.toJSONSchema(capacitySchema, { target: 'draft-2020-12' });
}

/** Check a document that was read from `file`. Throws PerfkitError with every fault and its path. */
export function parseCapacity(json: unknown, file: string): CapacityResult {
  const parsed = capacitySchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 10)
    .map((issue) => `  $.${issue.path.join('.')}: ${issue.message}`);
  throw new PerfkitError('result', `${file} is no valid capacity result:\n${faults.join('\n')}`);
}
