import { metricCatalogue } from '../../model/metrics.ts';
import { isServerMetric } from '../../model/metrics/server-metrics.ts';

/** Metrics of the catalogue that decide a comparison: what a user of the thing measured gets from it. */
const gating: ReadonlySet<string> = new Set([
  'op_duration',
  'response_time',
  'throughput',
  'errors',
  'dropped_arrivals',
  'hit_ratio',
  'saved',
  'pool_wait',
  'ws_round_trip',
  'ws_delivery',
  'sse_stream_time',
  'sse_first_event',
]);

const catalogued: ReadonlySet<string> = new Set(
  [...metricCatalogue.bench, ...metricCatalogue.load].map((metric) => metric.name),
);

/**
 * Whether a metric decides: those named in `gates`, or without that the ones above and every metric that a scenario has
 * defined itself; none that was read of a server. Few, since each takes a share of the chance of a false alarm.
 */
export function decides(metric: string, gates: readonly string[] | null): boolean {
  if (gates !== null) return gates.includes(metric);
  return gating.has(metric) || !(catalogued.has(metric) || isServerMetric(metric));
}
