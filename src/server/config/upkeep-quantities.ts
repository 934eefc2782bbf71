import type { Quantity } from './setting.ts';

const dayMs = 86_400_000;

/** How often the server tidies up and looks at itself, and what it warns of. */
export const upkeepQuantities = {
  cacheCleanupMs: {
    env: 'CACHE_CLEANUP_INTERVAL',
    unit: 'ms',
    default: 60_000,
    presets: { memory: 0.25 },
    min: 100,
    max: dayMs,
    help: 'how often expired cache entries are removed',
  },
  connectionCleanupMs: {
    env: 'CONNECTION_CLEANUP_INTERVAL',
    unit: 'ms',
    default: 300_000,
    presets: { memory: 0.1 },
    min: 100,
    max: dayMs,
    help: 'how often idle WebSocket clients are looked for',
  },
  batchCleanupMs: {
    env: 'BATCH_CLEANUP_INTERVAL',
    unit: 'ms',
    default: 30_000,
    min: 100,
    max: dayMs,
    help: 'how often batches that were left over are sent',
  },
  metricsLogMs: {
    env: 'METRICS_LOG_INTERVAL',
    unit: 'ms',
    default: 300_000,
    min: 100,
    max: dayMs,
    help: 'how often the metrics are logged',
  },
  metricsIntervalMs: {
    env: 'METRICS_INTERVAL',
    unit: 'ms',
    default: 10_000,
    min: 100,
    max: dayMs,
    help: 'how often the metrics are compared with the thresholds',
  },
  cacheHitRateThreshold: {
    env: 'CACHE_HIT_RATE_THRESHOLD',
    unit: 'ratio',
    default: 0.7,
    min: 0,
    max: 1,
    help: 'a lower hit ratio is warned of',
  },
  responseTimeThresholdMs: {
    env: 'RESPONSE_TIME_THRESHOLD',
    unit: 'ms',
    default: 500,
    min: 1,
    max: dayMs,
    help: 'a longer mean response time is warned of',
  },
  connectionUtilizationThreshold: {
    env: 'CONNECTION_UTILIZATION_THRESHOLD',
    unit: 'ratio',
    default: 0.8,
    min: 0,
    max: 1,
    help: 'a fuller pool is warned of',
  },
} as const satisfies Readonly<Record<string, Quantity>>;
