import type { Quantity } from './setting.ts';

/** How many processes serve, how fast they are, and how long they wait for what they share. */
export const instanceQuantities = {
  instances: {
    env: 'PERFKIT_INSTANCES',
    unit: 'count',
    default: 1,
    min: 1,
    max: 16,
    help: 'processes that serve, behind a balancer when there is more than one',
  },
  slowInstance: {
    env: 'PERFKIT_SLOW_INSTANCE',
    unit: 'count',
    default: 1,
    min: 1,
    max: 100,
    help: 'how often the last instance computes each answer, as a machine that is so much slower would take',
  },
  redisTimeoutMs: {
    env: 'PERFKIT_REDIS_TIMEOUT',
    unit: 'ms',
    default: 250,
    min: 1,
    max: 60_000,
    help: 'how long Redis may take; computing an answer takes less than waiting longer',
  },
} as const satisfies Readonly<Record<string, Quantity>>;
