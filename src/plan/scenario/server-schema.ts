import { z } from 'zod';
import { count } from './common-fields.ts';
import { auth } from './exchange-schema.ts';
import { headerName, headerValue } from './http-fields.ts';
import { duration, expectations, text } from './quantities.ts';
import { describeValue } from '../problems/printable.ts';

const largestPid = 2 ** 22;

const processId = count(largestPid);

const idText = /^[1-9]\d{0,6}$/;

function isProcessId(value: string): boolean {
  return idText.test(value) && Number(value) <= largestPid;
}

/** As a text it comes from `${env:SERVER_PID}`. */
const processText = text('"builtin" or the id of a process', '^(builtin|[0-9]+)$', (value) =>
  value === 'builtin' || isProcessId(value)
    ? null
    : `expected "builtin" or the id of a process (1 to ${largestPid}), got ${describeValue(value)}`,
);

const processIdText = text('the id of a process', '^[0-9]+$', (value) =>
  isProcessId(value)
    ? null
    : `expected the id of a process (1 to ${largestPid}), got ${describeValue(value)}`,
);

const keepPattern = text('a name of a metric, `*` for any part', '^[\\w:*]+$', (value) =>
  /^[\w:*]{1,200}$/.test(value)
    ? null
    : `expected the name of a metric, without "server.", with * for any part, got ${describeValue(value)}`,
);

/** The process of one subject, as `server.process` names that of the only one. */
export const subjectProcess = z
  .union([processIdText, processId])
  .register(expectations, { expects: 'the id of a process' });

/** What is read of the server while it is under load. */
export const server = z
  .strictObject({
    metrics: z
      .string()
      .min(1)
      .max(2000)
      .register(expectations, { expects: 'a path such as "/metrics", or a URL' })
      .optional()
      .describe('page in the text format of Prometheus: a path of the target, or a URL'),
    process: z
      .union([processText, processId, z.strictObject({ pid: z.union([processId, processIdText]) })])
      .register(expectations, { expects: 'the id of a process, {pid: ...}, or "builtin"' })
      .optional()
      .describe('a process of this machine (Linux); builtin: that of the built-in server'),
    every: duration({ maxNs: 3600e9 }).optional().describe('time between two readings (1s), 100ms or more'),
    headers: z.record(headerName, headerValue).optional().describe('sent for the metrics'),
    auth: auth.optional(),
    keep: z
      .array(keepPattern)
      .min(1)
      .max(200)
      .optional()
      .describe('names of the metrics that are kept, * for any part (all); at most 200 series'),
  })
  .describe('read during the run: shown beside the latencies, usable in targets as server.NAME');
