import type { AbsentLevelStats } from '../chat/absent-level.ts';
import type { PullMetric } from './pull-metric.ts';

/** The cache level that instances share. */
export function redisMetrics(stats: () => AbsentLevelStats): readonly PullMetric[] {
  return [
    {
      name: 'redis_up',
      help: '1 when the last call of Redis succeeded, else 0',
      kind: 'gauge',
      read: () => (stats().isUp ? 1 : 0),
    },
    {
      name: 'redis_lookups_total',
      help: 'answers looked for in Redis',
      kind: 'counter',
      read: () => stats().lookups,
    },
    {
      name: 'redis_hits_total',
      help: 'answers found in Redis',
      kind: 'counter',
      read: () => stats().hits,
    },
    {
      name: 'redis_failures_total',
      help: 'calls of Redis that failed, attempts to connect among them',
      kind: 'counter',
      read: () => stats().failures,
    },
    {
      name: 'redis_skipped_total',
      help: 'calls of Redis that were not made, because one had just failed',
      kind: 'counter',
      read: () => stats().skipped,
    },
  ];
}
