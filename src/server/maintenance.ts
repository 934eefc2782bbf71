import type { TimerHandle, Timers } from '../components/internal/timers.ts';
import type { Chat } from './chat/chat.ts';
import type { ServerConfig } from './config/server-config.ts';
import type { MeanSince } from './metrics/mean-since.ts';
import type { LiveServer } from './live/live-server.ts';
import type { Ports } from './ports.ts';
import type { Upstream } from './upstream/upstream.ts';

interface MaintainedParts {
  readonly live: Pick<LiveServer, 'sweep' | 'sendLeftOver' | 'stats'>;
  readonly upstream: Pick<Upstream, 'stats'>;
  readonly chat: Pick<Chat, 'stats'>;
  /** Of replies, in milliseconds. */
  readonly responses: MeanSince;
}

type MaintenanceConfig = Pick<
  ServerConfig,
  | 'connectionCleanupMs'
  | 'maxIdleMs'
  | 'batchCleanupMs'
  | 'monitoring'
  | 'metricsIntervalMs'
  | 'metricsLogMs'
  | 'cacheHitRateThreshold'
  | 'connectionUtilizationThreshold'
  | 'responseTimeThresholdMs'
>;

/** What is done now and then: silent clients, batches that were left over, thresholds, the log of metrics. */
export function startMaintenance(
  config: MaintenanceConfig,
  { timers, log }: Pick<Ports, 'timers' | 'log'>,
  parts: MaintainedParts,
): { readonly stop: () => void } {
  const warn = createWarner(config, parts, log);
  const stops = [
    repeat(timers, Math.min(config.connectionCleanupMs, config.maxIdleMs), () => parts.live.sweep()),
    repeat(timers, config.batchCleanupMs, () => parts.live.sendLeftOver()),
    ...(config.monitoring
      ? [
          repeat(timers, config.metricsIntervalMs, warn),
          repeat(timers, config.metricsLogMs, () => log(summary(parts))),
        ]
      : []),
  ];
  return {
    stop() {
      for (const stop of stops) stop();
    },
  };
}

function repeat(timers: Timers, everyMs: number, work: () => void): () => void {
  let timer: TimerHandle;
  const next = (): void => {
    timer = timers.setTimeout(() => {
      next();
      work();
    }, everyMs);
    timer.unref();
  };
  next();
  return () => timers.clearTimeout(timer);
}

/** Look-ups before a hit ratio says something. */
const fewestLookups = 100;

/** Logs a threshold when it is crossed, and when it is well again; not in between. */
function createWarner(
  config: MaintenanceConfig,
  parts: MaintainedParts,
  log: (line: string) => void,
): () => void {
  const warned = new Set<string>();
  const check = (name: string, isBad: boolean, text: string): void => {
    if (isBad === warned.has(name)) return;
    if (isBad) warned.add(name);
    else warned.delete(name);
    log(`${isBad ? 'warning' : 'well again'}: ${name} ${text}`);
  };
  return () => {
    const { ratio, lookups } = hitRatio(parts.chat);
    const share = (value: number): string => `${Math.round(value * 100)}%`;
    const { cacheHitRateThreshold, connectionUtilizationThreshold, responseTimeThresholdMs } = config;
    check(
      'cache hit ratio',
      lookups >= fewestLookups && ratio < cacheHitRateThreshold,
      `${share(ratio)}, threshold ${share(cacheHitRateThreshold)}`,
    );
    const meanMs = parts.responses.take();
    if (meanMs !== null) {
      const text = `${Math.round(meanMs)}ms on average, threshold ${responseTimeThresholdMs}ms`;
      check('response time', meanMs > responseTimeThresholdMs, text);
    }
    const { utilization } = parts.upstream.stats();
    check(
      'connection pool',
      utilization > connectionUtilizationThreshold,
      `${share(utilization)} in use, threshold ${share(connectionUtilizationThreshold)}`,
    );
  };
}

function summary(parts: MaintainedParts): string {
  const { ratio } = hitRatio(parts.chat);
  const { clients, watchers, messages, frames } = parts.live.stats();
  const { calls, connected } = parts.upstream.stats();
  return (
    `metrics: cache hit ratio ${Math.round(ratio * 100)}%, ${clients + watchers} WebSocket clients, ` +
    `${messages} messages in ${frames} frames, ${calls} upstream calls over ${connected} connections`
  );
}

function hitRatio(chat: Pick<Chat, 'stats'>): { readonly ratio: number; readonly lookups: number } {
  const { messages } = chat.stats();
  if (messages === undefined) return { ratio: 1, lookups: 0 };
  return { ratio: messages.hitRatio, lookups: messages.hits + messages.misses };
}
