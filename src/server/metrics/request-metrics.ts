import { createMeanSince } from './mean-since.ts';
import type { MeanSince } from './mean-since.ts';
import type { MetricRegistry } from './metric-registry.ts';

export interface RequestMetrics {
  /** A reply: its route, its status, and how long it took. */
  readonly observe: (route: string, status: number, durationMs: number) => void;
  /** Of the replies in milliseconds. */
  readonly meanMs: MeanSince;
}

/** Upper ends of the buckets, in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts and durations of replies. Routes are those of the table, so there are never more series than those have. */
export function createRequestMetrics(registry: MetricRegistry): RequestMetrics {
  const requests = registry.counter('http_requests_total', 'replies by route and status');
  const durations = registry.histogram('http_request_duration_seconds', 'time of replies by route', bounds);
  const meanMs = createMeanSince();
  return {
    observe(route, status, durationMs) {
      requests.add({ route, status: String(status) });
      durations.observe({ route }, durationMs / 1_000);
      meanMs.add(durationMs);
    },
    meanMs,
  };
}
