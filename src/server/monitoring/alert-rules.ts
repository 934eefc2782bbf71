import type { ThresholdRule } from '../../components/monitor/index.ts';
import { formatBytes, formatDurationNs, formatRatio } from '../../model/units.ts';
import type { ServerConfig } from '../config/server-config.ts';

/** A threshold, and how it is told of. */
export interface AlertRule extends ThresholdRule {
  /** `cache hit ratio` */
  readonly what: string;
  /** A value of its metric with unit. */
  readonly print: (value: number) => string;
}

export type AlertConfig = Pick<
  ServerConfig,
  | 'metricsIntervalMs'
  | 'cacheHitRateThreshold'
  | 'responseTimeThresholdMs'
  | 'connectionUtilizationThreshold'
  | 'errorRateThreshold'
  | 'upstreamFailureThreshold'
  | 'memoryThresholdBytes'
  | 'cpuThreshold'
  | 'loopDelayThresholdMs'
  | 'storageTimeThresholdMs'
  | 'diskWriteThresholdBytes'
>;

const duration = (ms: number): string => formatDurationNs(ms * 1e6);
const bytesPerSecond = (bytes: number): string => `${formatBytes(bytes)}/s`;
const ofOneCore = (cpuMsPerSecond: number): string => formatRatio(cpuMsPerSecond / 1_000);

/** How far back from the limit a value must be to count as well again, in parts of the limit. */
const slack = 0.05;

/**
 * The alerts of a server over the metrics of its monitor. Where one sample says little (CPU, event loop), two in a row
 * raise one. It is cleared when the value is 5 % better than the limit, so one that lies at the limit does not flap.
 */
export function alertRules(config: AlertConfig): readonly AlertRule[] {
  const above = (name: string, metric: string, limit: number): ThresholdRule => ({
    name,
    metric,
    above: limit,
    hysteresis: slack * limit,
  });
  const forMs = config.metricsIntervalMs;
  const hitRate = config.cacheHitRateThreshold;
  return [
    {
      name: 'cache_hit_rate',
      metric: 'cache_hit_ratio',
      below: hitRate,
      // A ratio has an end: with a limit of 99 % nothing is 5 % better.
      hysteresis: Math.min(slack * hitRate, (1 - hitRate) / 2),
      what: 'cache hit ratio',
      print: formatRatio,
    },
    {
      ...above('response_time', 'response.mean_ms', config.responseTimeThresholdMs),
      what: 'mean response time',
      print: duration,
    },
    {
      ...above('connection_pool', 'pool_utilization', config.connectionUtilizationThreshold),
      what: 'connection pool in use',
      print: formatRatio,
    },
    {
      ...above('error_rate', 'error_ratio', config.errorRateThreshold),
      what: 'replies with status 5xx',
      print: formatRatio,
    },
    {
      ...above('upstream_failures', 'upstream_failure_ratio', config.upstreamFailureThreshold),
      what: 'upstream calls that failed',
      print: formatRatio,
    },
    {
      ...above('memory', 'rss_bytes', config.memoryThresholdBytes),
      what: 'memory of the process',
      print: formatBytes,
    },
    {
      ...above('cpu', 'cpu_ms', config.cpuThreshold * 1_000),
      forMs,
      what: 'CPU of one core',
      print: ofOneCore,
    },
    {
      ...above('loop_delay', 'loop_delay_p99_ms', config.loopDelayThresholdMs),
      forMs,
      what: 'event-loop delay (P99)',
      print: duration,
    },
    {
      ...above('storage_time', 'storage_mean_ms', config.storageTimeThresholdMs),
      what: 'mean time of a database transaction',
      print: duration,
    },
    {
      ...above('disk_writes', 'disk_written_bytes', config.diskWriteThresholdBytes),
      what: 'bytes written to disk',
      print: bytesPerSecond,
    },
  ];
}
