import { z } from 'zod';
import { resultParts } from '../result-schema.ts';
import { logFormat } from './log-format.ts';
import type { LogHeader, LogInterval, LogRecord, LogSeries } from './log-format.ts';

const { text, number, tags, metric, environment, scenario, slowest, validity } = resultParts;
const whole = z.int().nonnegative();
const count = number.nonnegative();

const header: z.ZodType<LogHeader> = z.object({
  log: z.literal(logFormat),
  command: z.iso.datetime(),
  perfkit: text,
  scenario,
  subjects: z.array(text).max(10_000),
  environment,
  started: z.iso.datetime(),
  targets: z
    .array(
      z.object({
        id: text.nullable(),
        expr: text,
        source: text.nullable(),
        severity: z.enum(['error', 'warn']),
        line: number.nullable(),
      }),
    )
    .max(10_000),
});

const series: z.ZodType<LogSeries> = z.object({
  id: whole,
  metric: text,
  tags,
  note: text.exactOptional(),
  label: text.exactOptional(),
});

const interval: z.ZodType<LogInterval> = z.object({
  startNs: number,
  durationNs: count,
  tags,
  measured: z.boolean(),
  histograms: z.array(z.tuple([whole, z.int().min(0).max(3)])),
  counters: z.array(z.tuple([whole, number, number])),
  gauges: z.array(z.tuple([whole, number])),
  errors: z.array(z.tuple([text, tags, count, text])),
  metrics: z.array(metric).max(10_000).exactOptional(),
});

const end = z.object({
  durationNs: count,
  complete: z.boolean(),
  aborted: text.exactOptional(),
  validity,
  slowest: slowest.exactOptional(),
});

/** One `#[perfkit {...}]` line of a log. */
export const recordSchema: z.ZodType<LogRecord> = z.union([
  z.strictObject({ interval }),
  z.strictObject({ series }),
  z.strictObject({ run: header }),
  z.strictObject({ end }),
]);
