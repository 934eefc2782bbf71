import { z } from 'zod';
import { PerfkitError } from '../model/errors.ts';
import { printable } from '../plan/problems/printable.ts';
import { resultFaults } from './check-result.ts';
import type { RunResult, SuiteResult } from '../model/result.ts';

const text = z.string().max(100_000);
const encoded = z.string().max(2_000_000);
const number = z.number();
/** Durations, sizes, shares, counts. */
const amount = z.number().min(0);
const whole = z.int().min(0);
const tags = z.record(z.string().max(200), z.string().max(2000));
const unit = z.enum(['ns', 'bytes', 'ratio', 'count']);
const kind = z.enum(['histogram', 'counter', 'gauge']);

const metric = z.object({
  name: text,
  kind,
  unit,
  rate: z.enum(['per-second', 'ratio']).exactOptional(),
  better: z.enum(['lower', 'higher', 'neither']),
  buckets: z
    .literal(true)
    .exactOptional()
    .describe("only counts by the server's buckets are known: percentiles are upper bounds"),
  help: text,
});

const series = z
  .object({
    metric: text,
    tags,
    unit,
    kind,
    count: amount.describe('histogram: samples, censored ones included; counter: the count; gauge: readings'),
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
    of: amount.exactOptional().describe('what the rate was divided by: nanoseconds or attempts'),
    value: number.exactOptional().describe('gauge: mean of its readings'),
    censored: whole.exactOptional().describe('samples known only to be at least so long'),
    boundedFrom: number
      .min(0)
      .max(100)
      .exactOptional()
      .describe('percentiles above this one are lower bounds'),
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
  cores: whole,
  cpuQuota: amount.nullable(),
  memoryBytes: amount,
  ci: text.nullable(),
  loadAverage1m: amount,
  clockCostNs: amount,
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
      subject: text.exactOptional().describe('variant of the server, where there are several'),
      phase: text,
      name: text,
      failure: text
        .exactOptional()
        .describe('class of the error that it ended with; without one it succeeded'),
      dueNs: number,
      sentNs: number.nullable().describe('null: it was never sent'),
      firstByteNs: number.nullable().describe('null: not known, or the reply came in one piece'),
      endNs: number,
      openNs: number.nullable().describe('how long it waited for a connection of its own'),
      tlsNs: number.nullable(),
      generatorDelayNs: number.describe('longest time by which the generator itself was late meanwhile'),
    }),
  )
  .max(1000)
  .describe('load: the slowest operations, slowest first; times from the start of the run');

/** Parts of a result that other documents hold too. */
export const resultParts = { text, number, tags, metric, environment, scenario, slowest, validity, verdict };

const resultSchema: z.ZodType<RunResult> = z
  .object({
    schema: z.literal('perfkit/result@1'),
    perfkit: text,
    scenario,
    environment,
    started: z.iso.datetime(),
    durationNs: amount,
    complete: z.boolean(),
    aborted: text.exactOptional().describe('why perfkit itself stopped the run before its end'),
    validity,
    series: z.array(series).max(2000),
    intervals: z
      .array(
        z.object({
          startNs: amount,
          durationNs: amount,
          tags,
          measured: z.boolean(),
          series: z.array(series).max(2000),
        }),
      )
      .max(20_000),
    slowest: slowest.exactOptional(),
    errors: z.array(z.object({ class: text, tags, count: whole, example: text })).max(100_000),
    verdict,
  })
  .describe('One scenario run by perfkit');

const suiteSchema: z.ZodType<SuiteResult> = z
  .object({
    schema: z.literal('perfkit/suite@1'),
    perfkit: text,
    started: z.iso.datetime(),
    durationNs: amount,
    results: z.array(resultSchema).max(1000),
    verdict,
  })
  .describe('Several scenarios run by one command');

/** The document as JSON Schema, for `schema/result-v1.json`. */
export function resultJsonSchema(): unknown {
  return z.toJSONSchema(z.union([resultSchema, suiteSchema]), { target: 'draft-2020-12' });
}

/**
 * Check a document that was read from `file`: its shape, and that it does not contradict itself. Throws PerfkitError with
 * the first ten faults and their paths.
 */
export function parseResult(json: unknown, file: string): RunResult | SuiteResult {
  const version = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined;
  const schema =
    version === 'perfkit/suite@1' ? suiteSchema : version === 'perfkit/result@1' ? resultSchema : null;
  if (schema === null) {
    const came = typeof version === 'string' ? `"${printable(version, 100)}"` : 'no schema at all';
    throw new PerfkitError(
      'result',
      `expected a perfkit result ("schema": "perfkit/result@1" or "perfkit/suite@1") in ${file}, got ${came}`,
    );
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw invalid(file, 'is no valid perfkit result', issuesOf(parsed.error));
  const faults = resultFaults(parsed.data);
  if (faults.length > 0) throw invalid(file, 'contradicts itself, so nothing is read from it', faults);
  return parsed.data;
}

function issuesOf(error: z.ZodError): string[] {
  return error.issues.slice(0, 10).map((issue) => `$.${issue.path.join('.')}: ${issue.message}`);
}

/** Keys and texts of the file are in the faults. */
function invalid(file: string, what: string, faults: readonly string[]): PerfkitError {
  const lines = faults.map((fault) => `  ${printable(fault, 300)}`);
  return new PerfkitError('result', `${file} ${what}:\n${lines.join('\n')}`);
}
