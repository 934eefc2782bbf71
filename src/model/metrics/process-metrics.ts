import type { MetricDefinition } from '../metrics.ts';

/** The process that measures: a bench child, or the load generator's thread. */
export const processMetrics: readonly MetricDefinition[] = [
  {
    name: 'cpu',
    kind: 'gauge',
    unit: 'ratio',
    better: 'lower',
    help: 'CPU time of the measuring process over wall time (1 = one core)',
  },
  { name: 'rss', kind: 'gauge', unit: 'bytes', better: 'lower', help: 'resident set size' },
  {
    name: 'rss_growth',
    kind: 'gauge',
    unit: 'bytes',
    better: 'lower',
    help: 'resident set size over the size before the subject was created',
  },
  { name: 'heap_used', kind: 'gauge', unit: 'bytes', better: 'lower', help: 'JavaScript heap in use' },
  {
    name: 'gc_time',
    kind: 'counter',
    unit: 'ns',
    rate: 'per-second',
    better: 'lower',
    help: 'time spent in garbage collection',
  },
  {
    name: 'gc_count',
    kind: 'counter',
    unit: 'count',
    rate: 'per-second',
    better: 'lower',
    help: 'garbage collections',
  },
  { name: 'loop_delay', kind: 'histogram', unit: 'ns', better: 'lower', help: 'event-loop delay' },
];
