import { z } from 'zod';
import { count, word } from './common-fields.ts';
import { duration, rateExpected, rateFault, ratePattern, text } from './quantities.ts';

export const phase = z.strictObject({
  name: word,
  for: duration(),
  rate: text(rateExpected, ratePattern, rateFault)
    .optional()
    .describe('open: flows started a second (a flow of one step is one request), whatever the server does'),
  users: count(100_000).optional().describe('closed: so many users, each with one request at a time'),
  spacing: z.enum(['uniform', 'poisson']).optional(),
  connections: count(100_000).optional().describe('open: at most so many requests in flight'),
  requests: count(1_000_000_000).optional().describe('end the phase after so many requests'),
  measure: z.boolean().optional().describe('false: a warm-up, kept out of series and targets'),
});
