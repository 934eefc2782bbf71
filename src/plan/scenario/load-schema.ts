import { z } from 'zod';
import { maxWorkers } from '../resolve/resolve-workers.ts';
import { common, count, seed } from './common-fields.ts';
import { connectionFields } from './connection-schema.ts';
import { data } from './exchange-schema.ts';
import { flow } from './flow-schema.ts';
import { phase } from './phase-schema.ts';
import { server } from './server-schema.ts';
import { duration, rateExpected, rateFault, ratePattern, size, text } from './quantities.ts';

export const load = z.strictObject({
  ...common,
  kind: z.literal('load'),
  target: z.strictObject({
    http: z.string().min(1).max(2000).describe('http://host:port, https://host:port, or builtin:NAME'),
    allow: z
      .array(z.string().min(1).max(255))
      .max(100)
      .optional()
      .describe('hosts that traffic may go to beside loopback'),
    ...connectionFields,
  }),
  server: server.optional(),
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
