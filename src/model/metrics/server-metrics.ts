import type { MetricDefinition } from '../metrics.ts';
import type { Unit } from '../units.ts';

/** Before the name of everything that is read of the server under load. */
export const serverPrefix = 'server.';

export function isServerMetric(name: string): boolean {
  return name.startsWith(serverPrefix);
}

/** What the operating system tells of the server's process; its own metrics are known when they have been read. */
export const serverProcessMetrics: readonly MetricDefinition[] = [
  {
    name: 'server.cpu',
    kind: 'gauge',
    unit: 'ratio',
    better: 'lower',
    help: 'CPU time of the server over wall time (1 = one core)',
  },
  {
    name: 'server.cpu_time',
    kind: 'counter',
    unit: 'ns',
    rate: 'ratio',
    better: 'lower',
    help: 'CPU time of the server, user and system; rate is the time for one operation',
  },
  {
    name: 'server.rss',
    kind: 'gauge',
    unit: 'bytes',
    better: 'lower',
    help: 'resident set size of the server',
  },
  { name: 'server.threads', kind: 'gauge', unit: 'count', better: 'lower', help: 'threads of the server' },
  {
    name: 'server.handles',
    kind: 'gauge',
    unit: 'count',
    better: 'lower',
    help: 'file descriptors that the server has open',
  },
  {
    name: 'server.disk_read',
    kind: 'counter',
    unit: 'bytes',
    rate: 'per-second',
    better: 'lower',
    help: 'bytes that the server had read from disk',
  },
  {
    name: 'server.disk_written',
    kind: 'counter',
    unit: 'bytes',
    rate: 'per-second',
    better: 'lower',
    help: 'bytes that the server had written to disk',
  },
];

/** Told whenever the server's own metrics are read. */
export const scrapeErrors: MetricDefinition = {
  name: 'server.scrape_errors',
  kind: 'counter',
  unit: 'count',
  rate: 'ratio',
  better: 'lower',
  help: "readings of the server's metrics that failed; rate is the share of all",
};

/** The unit of a metric of the server, and what its values are multiplied by to be in that unit. */
export interface ServerUnit {
  readonly unit: Unit;
  readonly scale: number;
}

/**
 * By the end of the name, as Prometheus has it ("Metric and label naming": base units as suffix, `_total` behind it for
 * counters); also the multiples that servers use all the same. Without one it is a plain number.
 */
export function serverUnitOf(name: string): ServerUnit {
  const known = serverProcessMetrics.find((metric) => metric.name === name);
  if (known !== undefined) return { unit: known.unit, scale: 1 };
  const end = /_([a-z]+)$/.exec(name.replace(/_(?:total|sum)$/, ''))?.[1] ?? '';
  const unit = Object.hasOwn(suffixes, end) ? suffixes[end] : undefined;
  return unit ?? { unit: 'count', scale: 1 };
}

const share: ServerUnit = { unit: 'ratio', scale: 1 };
const seconds: ServerUnit = { unit: 'ns', scale: 1e9 };
const milliseconds: ServerUnit = { unit: 'ns', scale: 1e6 };

const suffixes: Readonly<Record<string, ServerUnit>> = {
  seconds,
  milliseconds,
  ms: milliseconds,
  microseconds: { unit: 'ns', scale: 1e3 },
  us: { unit: 'ns', scale: 1e3 },
  nanoseconds: { unit: 'ns', scale: 1 },
  ns: { unit: 'ns', scale: 1 },
  bytes: { unit: 'bytes', scale: 1 },
  ratio: share,
  utilization: share,
  utilisation: share,
};
