import { Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

const shortestSeconds = 1e-4;
const longestSeconds = 4;
/** A percentile that is read off the buckets is at most so much too high: close enough to compare two servers. */
const growth = 1.1;

/** Records how long calls of the module service take, those for a connection included. */
export function createCallTimes(registry: Registry): (durationMs: number) => void {
  const count = Math.ceil(Math.log(longestSeconds / shortestSeconds) / Math.log(growth)) + 1;
  const histogram = new Histogram({
    name: 'upstream_call_seconds',
    help: 'calls of the module service that were answered, with the time to get a connection',
    buckets: Array.from({ length: count }, (_, index) => shortestSeconds * growth ** index),
    registers: [registry],
  });
  return (durationMs) => histogram.observe(durationMs / 1_000);
}
