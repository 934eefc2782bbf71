import { z } from 'zod';
import { PerfkitError } from '../model/errors.ts';
import type { RunResult, SuiteResult } from '../model/result.ts';

const text = z.string().max(100_000);
const encoded = z.string().max(2_000_000);
const number = z.number();
const tags = z.record(z.string().max(200), z.string().max(2000));
const unit = z.enum(['ns', 'bytes', 'ratio', 'count']);
const kind = z.enum(['histogram', 'counter', 'gauge']);

const metric = z.object({
  name: text,
  kind,
  unit,
  rate: z.enum(['per-second', 'ratio']).exactOptional(),
  better: z.enum(['lower', 'higher', 'neither']),
  help: text,
});

const series = z
  .object({
    metric: text,
    tags,
    unit,
    kind,
    count: number.describe('histogram: samples, censored ones included; counter: the count; gauge: readings'),
    min: number.exactOptional(),
    mean: number.exactOptional(),
    p50: number.exactOptional(),
    p75: number.exactOptional(),
    p90: number.exactOptional(),
    p95: number.exactOptional(),
    p99: number.exactOptional(),
    p999: number.exactOptional(),
    max: number.exactOptional(),
    rate: number.exactOptional().describe('counter: per second, or the share of attempts'),
    of: number.exactOptional().describe('what the rate was divided by: nanoseconds or attempts'),
    value: number.exactOptional().describe('gauge: mean of its readings'),
    censored: number.exactOptional().describe('samples known only to be at least so long'),
    boundedFrom: number.exactOptional().describe('percentiles above this one are lower bounds'),
    histogram: encoded.exactOptional().describe('HDR V2, zlib, base64: successes only'),
    censoredHistogram: encoded.exactOptional(),
    note: text.exactOptional(),
  })
  .describe('one metric with one set of tags; durations in nanoseconds');

const verdict = z.object({
  outcome: z.enum(['pass', 'fail', 'invalid', 'undecided']),
  reasons: z.array(text),
  targets: z.array(
    z.object({
      id: text.nullable(),
      scenario: text,
      expr: text,
      source: text.nullable(),
      severity: z.enum(['error', 'warn']),
      line: number.nullable(),
      outcome: z.enum(['pass', 'fail', 'no data', 'underpowered', 'warn']),
      actual: number.nullable(),
      bounded: z.boolean(),
      limit: number.nullable(),
      margin: number.nullable(),
      unit,
      perSecond: z.boolean(),
      tags,
      reason: text.nullable(),
    }),
  ),
});

const environment = z.object({
  node: text,
  v8: text,
  platform: text,
  arch: text,
  osRelease: text,
  cpuModel: text,
  cores: number,
  cpuQuota: number.nullable(),
  memoryBytes: number,
  ci: text.nullable(),
  loadAverage1m: number,
  clockCostNs: number,
  fingerprint: text,
});

const scenario = z.object({
  name: text,
  kind: z.enum(['bench', 'load']),
  file: text.nullable(),
  hash: text,
  seed: number,
  tags: z.array(text),
  metrics: z.array(metric),
  reference: text.nullable(),
});

const validity = z.object({
  state: z.enum(['valid', 'suspect', 'invalid']),
  reasons: z.array(text),
  limit: z.literal('generator').exactOptional().describe('the generator could not do what was asked of it'),
  notes: z
    .array(text)
    .exactOptional()
    .describe('what one should know about how it was measured, though it makes no number wrong'),
});

const slowest = z
  .array(
    z.object({
      phase: text,
      name: text,
      dueNs: number,
      sentNs: number,
      firstByteNs: number.nullable().describe('null: not known, or the reply came in one piece'),
      endNs: number,
      openNs: number.nullable().describe('how long it waited for a connection of its own'),
      tlsNs: number.nullable(),
      generatorDelayNs: number.describe('longest time by which the generator itself was late meanwhile'),
    }),
  )
  .max(1000)
  .describe('load: the slowest operations that succeeded, slowest first; times from the start of the run');

/** Parts of a result that a log holds too. */
export const resultParts = { text, number, tags, environment, scenario, slowest, validity };

const resultSchema: z.ZodType<RunResult> = z
  .object({
    schema: z.literal('perfkit/result@1'),
    perfkit: text,
    scenario,
    environment,
    started: z.iso.datetime(),
    durationNs: number,
    complete: z.boolean(),
    aborted: text.exactOptional().describe('why perfkit itself stopped the run before its end'),
    validity,
    series: z.array(series).max(2000),
    intervals: z.array(
      z.object({ startNs: number, durationNs: number, tags, measured: z.boolean(), series: z.array(series) }),
    ),
    slowest: slowest.exactOptional(),
    errors: z.array(z.object({ class: text, tags, count: number, example: text })),
    verdict,
  })
  .describe('One scenario run by perfkit');

const suiteSchema: z.ZodType<SuiteResult> = z
  .object({
    schema: z.literal('perfkit/suite@1'),
    perfkit: text,
    started: z.iso.datetime(),
    durationNs: number,
    results: z.array(resultSchema),
    verdict,
  })
  .describe('Several scenarios run by one command');

/** The document as JSON Schema, for `schema/result-v1.json`. */
export function resultJsonSchema(): unknown {
  return z.toJSONSchema(z.union([resultSchema, suiteSchema]), { target: 'draft-2020-12' });
}

/** Check a document that was read from `file`. Throws PerfkitError with every fault and its path. */
export function parseResult(json: unknown, file: string): RunResult | SuiteResult {
  const version = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined;
  const schema =
    version === 'perfkit/suite@1' ? suiteSchema : version === 'perfkit/result@1' ? resultSchema : null;
  if (schema === null) {
    const came = typeof version === 'string' ? `"${version.slice(0, 100)}"` : 'no schema at all';
    throw new PerfkitError(
      'result',
      `expected a perfkit result ("schema": "perfkit/result@1" or "perfkit/suite@1") in ${file}, got ${came}`,
    );
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 10)
    .map((issue) => `  $.${issue.path.join('.')}: ${issue.message}`);
  throw new PerfkitError('result', `${file} is no valid perfkit result:\n${faults.join('\n')}`);
}
