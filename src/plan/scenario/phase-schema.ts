import { z } from 'zod';
import { count, name, word } from './common-fields.ts';
import { parseRateRamp, parseUserRamp } from './parse-ramp.ts';
import { duration, maxRatePerSecond, rateFault, text } from './quantities.ts';
import { describeValue } from '../problems/printable.ts';

const maxUsers = 100_000;
const onePart = `[\\d._]+(e[+-]?\\d+)?[kKM]?\\s*/\\s*(s|min|m|h)`;

const rate = text(
  'a rate, such as "400/s" or "50/s -> 400/s"',
  `^\\s*${onePart}\\s*(->\\s*${onePart}\\s*)?$`,
  (value) => {
    if (!value.includes('->')) return rateFault(value);
    const ramp = parseRateRamp(value);
    if (ramp === null) {
      const part = value.split('->').find((one) => parseRateRamp(one) === null);
      const fault = part === undefined ? null : rateFault(part);
      return fault ?? `expected a ramp of two rates such as "50/s -> 400/s", got ${describeValue(value)}`;
    }
    if (ramp.from + ramp.to === 0)
      return `expected a rate above 0 at one end of the ramp, got ${describeValue(value)}`;
    return Math.max(ramp.from, ramp.to) > maxRatePerSecond
      ? `expected at most ${maxRatePerSecond}/s, got ${describeValue(value)}`
      : null;
  },
);

const userRamp = text(
  'a number of users, or a ramp such as "0 -> 200"',
  '^\\s*\\d+\\s*(->\\s*\\d+\\s*)?$',
  (value) => {
    const ramp = parseUserRamp(value);
    if (ramp === null) return `expected a ramp of users such as "0 -> 200", got ${describeValue(value)}`;
    const most = Math.max(ramp.from, ramp.to);
    return most >= 1 && most <= maxUsers
      ? null
      : `expected 1 to ${maxUsers} users at one end of the ramp, got ${describeValue(value)}`;
  },
);

export const phase = z.strictObject({
  name: word,
  for: duration()
    .optional()
    .describe('how long; may be left out with `with`: it then ends with the phase that it runs beside'),
  rate: rate
    .optional()
    .describe(
      'open: flows started a second (a flow of one step is one request), whatever the server does; "50/s -> 400/s" goes from one rate to the other in a straight line',
    ),
  users: z
    .union([count(maxUsers), userRamp])
    .optional()
    .describe(
      'closed: so many users, each in one flow at a time; with "0 -> 200" they join one by one over the phase, with "200 -> 0" they leave when their flow ends',
    ),
  spacing: z
    .enum(['uniform', 'poisson'])
    .optional()
    .describe('open: evenly spaced arrivals (the default), or those of independent users'),
  connections: count(maxUsers)
    .optional()
    .describe(
      'open: at most so many flows at once, thinking ones included; arrivals beyond wait, up to limits.maxWaiting',
    ),
  flow: name.optional().describe('the one flow that it runs'),
  flows: z
    .array(name)
    .min(1)
    .max(100)
    .optional()
    .describe(
      'the flows that it chooses among by weight; all that no phase names when neither `flow` nor `flows` is given',
    ),
  with: word
    .optional()
    .describe(
      'runs beside this phase, which stands before it, on connections of its own: starts with it and may last longer',
    ),
  requests: count(1_000_000_000).optional().describe('end the phase after so many requests'),
  iterations: count(1_000_000_000).optional().describe('end the phase after so many flows, over all users'),
  iterationsPerUser: count(1_000_000_000)
    .optional()
    .describe('users: each is done after so many flows; the phase ends when all are'),
  pacing: duration()
    .optional()
    .describe(
      "users: a user's flows start so far apart; when one takes longer the next starts at once, and is counted in late_starts",
    ),
  measure: z.boolean().optional().describe('false: a warm-up, kept out of series and targets'),
});
