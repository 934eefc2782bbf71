import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

/** A reply: its route, its status, and how long it took. */
export type ObserveReply = (route: string, status: number, durationMs: number) => void;

/** Upper ends of the buckets, in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface RouteMetrics {
  readonly duration: Histogram.Internal<'route'>;
  readonly byStatus: Map<number, Counter.Internal>;
}

/** Counts and durations of replies. Routes are those of the table, so there are never more series than those have. */
export function createRequestMetrics(registry: Registry): ObserveReply {
  const registers = [registry];
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'replies by route and status',
    labelNames: ['route', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'time of replies by route',
    labelNames: ['route'],
    buckets: bounds,
    registers,
  });
  // Labels are checked once for each series, not for each reply.
  const routes = new Map<string, RouteMetrics>();
  return (route, status, durationMs) => {
    // hot path
    let metrics = routes.get(route);
    if (metrics === undefined) {
      metrics = { duration: durations.labels({ route }), byStatus: new Map() };
      routes.set(route, metrics);
    }
    let replies = metrics.byStatus.get(status);
    if (replies === undefined) {
      replies = requests.labels({ route, status: String(status) });
      metrics.byStatus.set(status, replies);
    }
    replies.inc();
    metrics.duration.observe(durationMs / 1_000);
  };
}
