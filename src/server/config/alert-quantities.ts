import type { Quantity } from './setting.ts';

/** What is warned of beside cache, response time and pool, and how much of the past is kept. */
export const alertQuantities = {
  errorRateThreshold: {
    env: 'ERROR_RATE_THRESHOLD',
    unit: 'ratio',
    default: 0.01,
    min: 0,
    max: 1,
    help: 'a larger share of replies with status 5xx is warned of',
  },
  upstreamFailureThreshold: {
    env: 'UPSTREAM_FAILURE_THRESHOLD',
    unit: 'ratio',
    default: 0.05,
    min: 0,
    max: 1,
    help: 'a larger share of upstream calls that failed is warned of',
  },
  memoryThresholdBytes: {
    env: 'MEMORY_THRESHOLD_BYTES',
    unit: 'bytes',
    default: 524_288_000,
    min: 1_048_576,
    max: 1_099_511_627_776,
    help: 'more memory of the process is warned of',
  },
  cpuThreshold: {
    env: 'CPU_THRESHOLD',
    unit: 'ratio',
    default: 0.9,
    min: 0,
    max: 1_024,
    help: 'a larger share of one core, in two samples in a row, is warned of',
  },
  loopDelayThresholdMs: {
    env: 'LOOP_DELAY_THRESHOLD',
    unit: 'ms',
    default: 100,
    min: 1,
    max: 60_000,
    help: 'a longer event-loop delay (P99), in two samples in a row, is warned of',
  },
  storageTimeThresholdMs: {
    env: 'STORAGE_TIME_THRESHOLD',
    unit: 'ms',
    default: 100,
    min: 1,
    max: 60_000,
    help: 'a longer mean time of database transactions is warned of',
  },
  diskWriteThresholdBytes: {
    env: 'DISK_WRITE_THRESHOLD_BYTES',
    unit: 'bytes',
    default: 104_857_600,
    min: 1_024,
    max: 1_099_511_627_776,
    help: 'more bytes written to disk a second are warned of',
  },
  metricsBufferSize: {
    env: 'METRICS_BUFFER_SIZE',
    unit: 'count',
    default: 360,
    min: 1,
    max: 100_000,
    help: 'samples of the metrics that are kept, one each METRICS_INTERVAL',
  },
} as const satisfies Readonly<Record<string, Quantity>>;
