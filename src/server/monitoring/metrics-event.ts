import { formatBytes, formatDurationNs, formatRatio } from '../../model/units.ts';
import type { LiveServer } from '../live/live-server.ts';
import { cacheFigures, lookupsOf } from '../metrics/cache-figures.ts';
import type { CachingParts } from '../metrics/cache-figures.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { LogEvent } from './log-event.ts';
import type { Monitoring } from './monitoring.ts';

export interface SummarisedParts extends CachingParts {
  readonly live: Pick<LiveServer, 'stats'>;
  readonly upstream: Pick<Upstream, 'stats'>;
  readonly monitoring: Pick<Monitoring, 'latest' | 'alerts'>;
}

/** How the server stands, as an event for the log. */
export function metricsEvent(parts: SummarisedParts): LogEvent {
  const { hits, lookups } = lookupsOf(cacheFigures(parts));
  const { clients, watchers, messages, frames } = parts.live.stats();
  const { calls, connected } = parts.upstream.stats();
  const latest = parts.monitoring.latest();
  const known = (metric: string): number | null => latest[metric] ?? null;
  const hitRatio = lookups === 0 ? null : hits / lookups;
  const [p95Ms, rssBytes] = [known('response.p95_ms'), known('rss_bytes')];
  const alerts = parts.monitoring.alerts.raised().length;
  return {
    level: 'info',
    event: 'metrics',
    message: [
      `metrics: cache hit ratio ${hitRatio === null ? 'unknown' : formatRatio(hitRatio)}`,
      `${clients + watchers} WebSocket clients`,
      `${messages} messages in ${frames} frames`,
      `${calls} upstream calls over ${connected} connections`,
      ...(p95Ms === null ? [] : [`response time P95 ${formatDurationNs(p95Ms * 1e6)}`]),
      ...(rssBytes === null ? [] : [`memory ${formatBytes(rssBytes)}`]),
      `${alerts} alerts`,
    ].join(', '),
    fields: {
      cacheHitRatio: hitRatio,
      webSocketClients: clients + watchers,
      messages,
      frames,
      upstreamCalls: calls,
      upstreamConnections: connected,
      responseP95Ms: p95Ms,
      responseMeanMs: known('response.mean_ms'),
      rssBytes,
      cpuMsPerSecond: known('cpu_ms'),
      loopDelayP99Ms: known('loop_delay_p99_ms'),
      alerts,
    },
  };
}
