import { z } from 'zod';
import type { HistoryEntry } from '../../model/history.ts';

/** Names and hashes; a line of the file is short. */
const text = z.string().min(1).max(300);
const tags = z
  .record(z.string().max(200), z.string().max(300))
  .refine((all) => Object.keys(all).length <= 20, 'expected at most 20 tags');

const value = z.object({
  metric: text,
  tags,
  statistic: z.enum(['p50', 'p95', 'p99', 'rate', 'value']),
  unit: z.enum(['ns', 'bytes', 'ratio', 'count']),
  better: z.enum(['lower', 'higher']),
  value: z.number().describe('durations in nanoseconds, rates a second, shares of 1'),
  bounded: z.literal(true).exactOptional().describe('the truth is at least the value'),
  samples: z.int().min(0),
});

const entrySchema: z.ZodType<HistoryEntry> = z
  .object({
    schema: z.literal('perfkit/history@1'),
    scenario: text,
    kind: z.enum(['bench', 'load']),
    hash: text.describe('of the scenario'),
    started: z.iso.datetime(),
    commit: z
      .string()
      .regex(/^[\w./+-]{1,100}$/)
      .nullable()
      .describe('what was measured; null: not known'),
    dirty: z.literal(true).exactOptional().describe('files of the commit had been changed'),
    perfkit: text,
    fingerprint: text.describe('of machine and runtime'),
    series: z.array(value).max(200),
  })
  .describe('One run of one scenario in a history kept by perfkit: a line of the file');

/** A line as JSON Schema, for `schema/history-v1.json`. */
export function historyJsonSchema(): unknown {
  return z.toJSONSchema(entrySchema, { target: 'draft-2020-12' });
}

/** The entry, or what is wrong with it. */
export function parseEntry(json: unknown): HistoryEntry | string {
  const parsed = entrySchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return issue === undefined ? 'it is no entry' : `$.${issue.path.join('.')}: ${issue.message}`;
}
