import type { Registry } from 'prom-client';
import type { LiveServer } from '../live/live-server.ts';
import type { ErrorCounts } from '../monitoring/error-counts.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import type { CachingParts } from './cache-figures.ts';
import { cacheMetrics } from './cache-metrics.ts';
import { liveMetrics } from './live-metrics.ts';
import { monitoringMetrics } from './monitoring-metrics.ts';
import { processMetrics } from './process-metrics.ts';
import { addPullMetric } from './pull-metric.ts';
import { workMetrics } from './work-metrics.ts';
import type { WorkingParts } from './work-metrics.ts';

/** Whose figures are shown. */
export interface MeteredParts extends CachingParts, WorkingParts {
  readonly sync: CachingParts['sync'] & WorkingParts['sync'];
  readonly live: Pick<LiveServer, 'stats'>;
  /** null: it is off. */
  readonly monitoring: Monitoring | null;
  readonly errors: ErrorCounts;
}

/** Make the figures of every part metrics; they are read when somebody asks for them. */
export function registerMetrics(registry: Registry, parts: MeteredParts, today: () => number): void {
  const metrics = [
    ...processMetrics(today),
    ...cacheMetrics(parts),
    ...workMetrics(parts),
    ...liveMetrics(parts.live),
    ...monitoringMetrics(parts.monitoring, parts.errors),
  ];
  for (const metric of metrics) addPullMetric(registry, metric);
}
