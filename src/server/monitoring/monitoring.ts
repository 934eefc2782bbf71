import { createMonitor } from '../../components/monitor/index.ts';
import type { Monitor, SampleSeries, SystemReader } from '../../components/monitor/index.ts';
import type { Writer } from '../data/writer.ts';
import type { LiveServer } from '../live/live-server.ts';
import type { ServerConfig } from '../config/server-config.ts';
import { cacheFigures, lookupsOf } from '../metrics/cache-figures.ts';
import type { CachingParts } from '../metrics/cache-figures.ts';
import type { Ports } from '../ports.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { createAlertHistory } from './alert-history.ts';
import type { AlertHistory } from './alert-history.ts';
import { alertRules } from './alert-rules.ts';
import type { AlertConfig, AlertRule } from './alert-rules.ts';
import type { RecordEvent } from './log-event.ts';
import { createRatioSince } from './ratio-since.ts';

/** The collector of a server: samples its metrics at an interval, keeps the last of them, and watches thresholds. */
export interface Monitoring {
  /** A reply was sent. */
  readonly replied: (status: number, durationMs: number) => void;
  readonly rules: readonly AlertRule[];
  readonly alerts: Pick<AlertHistory, 'raised' | 'recent' | 'counts'>;
  /** The latest sample, by metric; a metric that there is no value of is left out. */
  readonly latest: () => Readonly<Record<string, number>>;
  /** The samples that are kept of a metric; null for one that there is not. */
  readonly series: (metric: string) => SampleSeries | null;
  readonly stop: () => void;
}

export interface MonitoredParts extends CachingParts {
  readonly upstream: Pick<Upstream, 'stats'>;
  readonly writer: Pick<Writer, 'stats'>;
  readonly live: Pick<LiveServer, 'stats'>;
}

export interface MonitoringPorts extends Pick<Ports, 'now' | 'timers' | 'today'> {
  readonly record: RecordEvent;
  /** @default the process */
  readonly readSystem?: SystemReader;
}

export type MonitoringConfig = AlertConfig & Pick<ServerConfig, 'metricsBufferSize'>;

/** Look-ups, replies or calls before their ratio says something. */
const fewestForRatio = 100;
const fewestCalls = 10;

export function startMonitoring(
  config: MonitoringConfig,
  parts: MonitoredParts,
  { now, timers, today, record, readSystem }: MonitoringPorts,
): Monitoring {
  const rules = alertRules(config);
  const alerts = createAlertHistory(rules, { today, record });
  const replies = { count: 0, failed: 0 };
  const monitor = createMonitor({
    sampleIntervalMs: config.metricsIntervalMs,
    bufferSize: config.metricsBufferSize,
    thresholds: rules,
    onAlert: alerts.see,
    beforeSample: () => readParts(),
    now,
    timers,
    ...(readSystem === undefined ? {} : { readSystem }),
  });
  const response = monitor.timing('response');
  const readParts = createPartReader(monitor, parts, replies);
  return {
    replied(status, durationMs) {
      // hot path
      response.record(durationMs);
      replies.count++;
      if (status >= 500) replies.failed++;
    },
    rules,
    alerts,
    latest: () => monitor.latest(),
    series: (metric) => monitor.series(metric),
    stop: () => monitor.stop(),
  };
}

/** Reads every part into a gauge of the monitor. NaN, of what is not known, leaves the sample without. */
function createPartReader(
  monitor: Monitor,
  parts: MonitoredParts,
  replies: { readonly count: number; readonly failed: number },
): () => void {
  const hits = createRatioSince(fewestForRatio);
  const errors = createRatioSince(fewestForRatio);
  const failures = createRatioSince(fewestCalls);
  const storageMs = createRatioSince(1);
  const gauges = {
    hitRatio: monitor.gauge('cache_hit_ratio'),
    errorRatio: monitor.gauge('error_ratio'),
    failureRatio: monitor.gauge('upstream_failure_ratio'),
    storageMs: monitor.gauge('storage_mean_ms'),
    utilization: monitor.gauge('pool_utilization'),
    entries: monitor.gauge('cache_entries'),
    clients: monitor.gauge('live_clients'),
    waitingBatches: monitor.gauge('live_waiting_batches'),
  };
  return () => {
    const figures = cacheFigures(parts);
    const lookups = lookupsOf(figures);
    const { calls, failures: failed, utilization } = parts.upstream.stats();
    const { count, meanMs } = parts.writer.stats().handler;
    const live = parts.live.stats();
    gauges.hitRatio.set(hits.take(lookups.hits, lookups.lookups));
    gauges.errorRatio.set(errors.take(replies.failed, replies.count));
    gauges.failureRatio.set(failures.take(failed, calls));
    gauges.storageMs.set(storageMs.take(count * meanMs, count));
    gauges.utilization.set(utilization);
    gauges.entries.set(figures.reduce((sum, { entries }) => sum + (entries ?? 0), 0));
    gauges.clients.set(live.clients + live.watchers);
    gauges.waitingBatches.set(live.waitingBatches);
  };
}
