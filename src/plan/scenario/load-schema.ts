import { z } from 'zod';
import { maxWorkers } from '../resolve/resolve-workers.ts';
import { common, count, name, seed } from './common-fields.ts';
import { connectionFields } from './connection-schema.ts';
import { data } from './exchange-schema.ts';
import { flow } from './flow-schema.ts';
import { phase } from './phase-schema.ts';
import { server, subjectProcess } from './server-schema.ts';
import { duration, rateExpected, rateFault, ratePattern, size, text } from './quantities.ts';

const place = z.string().min(1).max(2000).describe('http://host:port, https://host:port, or builtin:NAME');

const serverOptions = z
  .record(z.string(), z.union([z.string().max(200), z.number(), z.boolean()]))
  .describe(
    'settings of the built-in server by name, such as cache: false (perfkit serve --help lists them)',
  );

const subject = z.strictObject({
  name,
  http: place.optional().describe("where this variant is, if not at the target's address"),
  options: serverOptions.optional(),
  process: subjectProcess.optional().describe('its process on this machine (Linux), to be watched'),
});

export const load = z.strictObject({
  ...common,
  kind: z.literal('load'),
  target: z.strictObject({
    http: place,
    options: serverOptions.optional(),
    allow: z
      .array(z.string().min(1).max(255))
      .max(100)
      .optional()
      .describe('hosts that traffic may go to beside loopback'),
    ...connectionFields,
  }),
  server: server.optional(),
  subjects: z
    .array(subject)
    .min(1)
    .max(20)
    .optional()
    .describe('variants of the server: all phases are run against each, round after round, one at a time'),
  rounds: count(100).optional().describe('how often the phases are run against each subject (3)'),
  reference: name.optional().describe('subject that `reference` means in targets'),
  phases: z.array(phase).min(1).max(1000),
  data: data.optional(),
  flows: z.array(flow).min(1).max(100).optional().describe("one GET of the URL's path when left out"),
  limits: z
    .strictObject({
      timeout: duration().optional(),
      connectTimeout: duration().optional(),
      maxBody: size(1024 ** 3).optional(),
      maxHeader: size(16 * 1024 ** 2).optional(),
      maxWaiting: z
        .int()
        .min(0)
        .max(10_000_000)
        .optional()
        .describe('arrivals that may wait for a connection; more are dropped'),
      gracefulStop: duration({ zero: true }).optional(),
      maxRate: text(rateExpected, ratePattern, rateFault)
        .optional()
        .describe('raises the 10000/s that a host other than this machine may get at most'),
      maxConnections: count(100_000)
        .optional()
        .describe('raises the 1000 connections that a host other than this machine may get at most'),
    })
    .optional(),
  pacing: z.enum(['precise', 'eco']).optional().describe('eco: timers only, no spinning'),
  workers: count(maxWorkers)
    .optional()
    .describe('threads that share the load exactly, each on a core of its own (1)'),
  seed: seed.optional(),
});
