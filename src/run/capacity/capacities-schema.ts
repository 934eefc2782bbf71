import { z } from 'zod';
import { PerfkitError } from '../../model/errors.ts';
import { resultParts } from '../result-schema.ts';
import { capacitySchema } from './capacity-schema.ts';
import type { CapacitiesResult } from '../../model/capacities.ts';

const { text, number, environment, verdict } = resultParts;

const capacitiesSchema: z.ZodType<CapacitiesResult> = z
  .object({
    schema: z.literal('perfkit/capacities@1'),
    perfkit: text,
    scenario: z.object({ name: text, file: text.nullable(), hash: text, seed: number }),
    environment,
    started: z.iso.datetime(),
    durationNs: number,
    reference: text.nullable().describe('subject that `reference` means in targets'),
    subjects: z.array(z.object({ name: text, result: capacitySchema })).max(100),
    verdict: verdict.describe('of the targets on `capacity`'),
  })
  .describe('A search for the capacity of each variant of a server');

/** The document as JSON Schema, for `schema/capacities-v1.json`. */
export function capacitiesJsonSchema(): unknown {
  return z.toJSONSchema(capacitiesSchema, { target: 'draft-2020-12' });
}

/** Check a document that was read from `file`. Throws PerfkitError with every fault and its path. */
export function parseCapacities(json: unknown, file: string): CapacitiesResult {
  const parsed = capacitiesSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 10)
    .map((issue) => `  $.${issue.path.join('.')}: ${issue.message}`);
  throw new PerfkitError('result', `${file} is no valid capacity result:\n${faults.join('\n')}`);
}
