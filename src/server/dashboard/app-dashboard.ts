import type { ServerConfig } from '../config/server-config.ts';
import type { LiveServer } from '../live/live-server.ts';
import { cacheFigures, lookupsOf } from '../metrics/cache-figures.ts';
import type { CachingParts } from '../metrics/cache-figures.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import type { Ports } from '../ports.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { dashboardPath } from './dashboard-routes.ts';
import { createDashboard } from './dashboard.ts';
import type { Dashboard } from './dashboard.ts';
import type { FigureTotals } from './figure-totals.ts';

/** The dashboard of the reference server. */
export interface AppDashboard extends Dashboard {
  /** A reply was sent. Those of the page itself are not counted: whoever looks must not change what is seen. */
  readonly replied: (route: string, durationMs: number) => void;
}

export interface ShownParts extends CachingParts {
  readonly live: Pick<LiveServer, 'stats'>;
  readonly upstream: Pick<Upstream, 'stats'>;
  /** Questions answered since the start. */
  readonly answered: () => number;
  /** Open connections of clients. */
  readonly connections: () => number;
  /** null: it is switched off. */
  readonly monitoring: Pick<Monitoring, 'alerts'> | null;
}

type ShownConfig = Pick<
  ServerConfig,
  | 'cacheHitRateThreshold'
  | 'responseTimeThresholdMs'
  | 'connectionUtilizationThreshold'
  | 'maxClients'
  | 'maxCacheSize'
>;

export function createAppDashboard(
  parts: ShownParts,
  config: ShownConfig,
  ports: Pick<Ports, 'now' | 'timers' | 'today'>,
): AppDashboard {
  const counts = { replies: 0, replyMs: 0 };
  const dashboard = createDashboard(
    {
      readTotals: () => ({ ...counts, ...totalsOf(parts, config) }),
      alerts: () => parts.monitoring?.alerts.raised() ?? null,
      limits: {
        minHitRatio: config.cacheHitRateThreshold,
        maxMeanResponseMs: config.responseTimeThresholdMs,
        maxPoolUtilization: config.connectionUtilizationThreshold,
        maxClients: config.maxClients,
      },
    },
    ports,
  );
  return {
    ...dashboard,
    replied(route, durationMs) {
      // hot path
      if (route.startsWith(dashboardPath)) return;
      counts.replies++;
      counts.replyMs += durationMs;
    },
  };
}

function totalsOf(
  parts: ShownParts,
  { maxCacheSize }: ShownConfig,
): Omit<FigureTotals, 'replies' | 'replyMs'> {
  const caches = cacheFigures(parts);
  const sized = caches.filter(({ entries }) => entries !== null);
  const { batches, waitingBatches } = parts.live.stats();
  return {
    ...lookupsOf(caches),
    batches,
    messages: parts.answered(),
    connections: parts.connections(),
    poolUtilization: parts.upstream.stats().utilization,
    cacheEntries: sized.reduce((sum, { entries }) => sum + (entries ?? 0), 0),
    cacheCapacity: sized.length * maxCacheSize,
    waitingBatches,
  };
}
