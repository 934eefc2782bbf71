import type { Unit } from './units.ts';

/**
 * What a metric is. Direction and unit are declared here or in the scenario, never guessed from a name.
 * A counter's rate is per second (throughput) or a share of the attempts (errors).
 */
export interface MetricDefinition {
  readonly name: string;
  readonly kind: 'histogram' | 'counter' | 'gauge';
  readonly unit: Unit;
  readonly rate?: 'per-second' | 'ratio';
  readonly better: 'lower' | 'higher' | 'neither';
  readonly help: string;
}

const benchMetrics: readonly MetricDefinition[] = [
  { name: 'op_duration', kind: 'histogram', unit: 'ns', better: 'lower', help: 'time of one operation' },
  {
    name: 'response_time',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'from when the operation was due until it was done',
  },
  {
    name: 'throughput',
    kind: 'counter',
    unit: 'count',
    rate: 'per-second',
    better: 'higher',
    help: 'operations completed',
  },
  {
    name: 'errors',
    kind: 'counter',
    unit: 'count',
    rate: 'ratio',
    better: 'lower',
    help: 'operations that failed; rate is the share of all',
  },
  {
    name: 'hit_ratio',
    kind: 'gauge',
    unit: 'ratio',
    better: 'higher',
    help: 'cache look-ups that found a value',
  },
  {
    name: 'evictions',
    kind: 'gauge',
    unit: 'count',
    better: 'neither',
    help: 'entries evicted by a cache to stay within its bounds',
  },
  {
    name: 'cache_entries',
    kind: 'gauge',
    unit: 'count',
    better: 'neither',
    help: 'entries in a cache at the end',
  },
  {
    name: 'cache_bytes',
    kind: 'gauge',
    unit: 'bytes',
    better: 'lower',
    help: 'bytes a cache accounts for at the end',
  },
  {
    name: 'batch_items',
    kind: 'gauge',
    unit: 'count',
    better: 'neither',
    help: 'mean number of items in a batch',
  },
  { name: 'flushes', kind: 'gauge', unit: 'count', better: 'neither', help: 'batches handed to the sink' },
  {
    name: 'saved',
    kind: 'gauge',
    unit: 'ratio',
    better: 'higher',
    help: '1 - compressed bytes / original bytes',
  },
  {
    name: 'bytes_in',
    kind: 'counter',
    unit: 'bytes',
    rate: 'per-second',
    better: 'neither',
    help: 'bytes given to the subject, or received by the load generator',
  },
  {
    name: 'pool_wait',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'time a borrower waited for a resource',
  },
  { name: 'pool_created', kind: 'gauge', unit: 'count', better: 'lower', help: 'resources the pool created' },
  {
    name: 'pool_utilization',
    kind: 'gauge',
    unit: 'ratio',
    better: 'neither',
    help: 'share of the resource time that was borrowed',
  },
];

const loadMetrics: readonly MetricDefinition[] = [
  {
    name: 'response_time',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'from when the request was due until its reply was complete',
  },
  {
    name: 'service_time',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'from when the request was sent until its reply was complete',
  },
  {
    name: 'schedule_lag',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'from when the request was due until it was sent',
  },
  {
    name: 'connect_time',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'time to open a connection, its TLS handshake included',
  },
  {
    name: 'tls_time',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'time of the TLS handshake of a connection',
  },
  {
    name: 'time_to_first_byte',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'from when the request was written until the first byte of its reply',
  },
  {
    name: 'download_time',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'from the first byte of a reply until its last; replies that came in one piece have none',
  },
  {
    name: 'throughput',
    kind: 'counter',
    unit: 'count',
    rate: 'per-second',
    better: 'higher',
    help: 'successful replies',
  },
  {
    name: 'errors',
    kind: 'counter',
    unit: 'count',
    rate: 'ratio',
    better: 'lower',
    help: 'requests that failed; rate is the share of all',
  },
  {
    name: 'arrivals',
    kind: 'counter',
    unit: 'count',
    rate: 'per-second',
    better: 'neither',
    help: 'requests that fell due',
  },
  {
    name: 'dropped_arrivals',
    kind: 'counter',
    unit: 'count',
    rate: 'ratio',
    better: 'lower',
    help: 'arrivals never sent because the waiting queue was full',
  },
  {
    name: 'late_starts',
    kind: 'counter',
    unit: 'count',
    rate: 'ratio',
    better: 'lower',
    help: 'flows that started later than the pacing of their phase says, because the one before took longer',
  },
  {
    name: 'bytes_in',
    kind: 'counter',
    unit: 'bytes',
    rate: 'per-second',
    better: 'neither',
    help: 'bytes received',
  },
  {
    name: 'bytes_out',
    kind: 'counter',
    unit: 'bytes',
    rate: 'per-second',
    better: 'neither',
    help: 'bytes sent',
  },
];

/** WebSocket messages and server-sent events: series of their own, so that they are not mixed with requests. */
const streamMetrics: readonly MetricDefinition[] = [
  {
    name: 'ws_round_trip',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'from when a message was due until its reply came; of a listener, how long it listened',
  },
  {
    name: 'ws_service_time',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'from when a message was sent until its reply came',
  },
  {
    name: 'ws_connect_time',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'TCP, TLS and the upgrade to a WebSocket',
  },
  {
    name: 'ws_gap',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'between two messages that a listener received',
  },
  {
    name: 'ws_delivery',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'from when the server says that it sent a message until it came; both clocks are those of one machine',
  },
  {
    name: 'ws_messages_in',
    kind: 'counter',
    unit: 'count',
    rate: 'per-second',
    better: 'higher',
    help: 'messages received',
  },
  {
    name: 'ws_messages_out',
    kind: 'counter',
    unit: 'count',
    rate: 'per-second',
    better: 'higher',
    help: 'messages sent',
  },
  {
    name: 'sse_stream_time',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'from when a stream of events was due until it was complete',
  },
  {
    name: 'sse_service_time',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'from when a stream of events was asked for until it was complete',
  },
  {
    name: 'sse_first_event',
    kind: 'histogram',
    unit: 'ns',
    better: 'lower',
    help: 'from when a stream of events was asked for until its first event',
  },
  { name: 'sse_gap', kind: 'histogram', unit: 'ns', better: 'lower', help: 'between two events of a stream' },
  {
    name: 'sse_events',
    kind: 'counter',
    unit: 'count',
    rate: 'per-second',
    better: 'higher',
    help: 'events received',
  },
];

/** The process that measures: a bench child, or the load generator's thread. */
const processMetrics: readonly MetricDefinition[] = [
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

/** Every metric an engine of the kind may report. A scenario adds those of its own modules under `metrics:`. */
export const metricCatalogue: Readonly<Record<'bench' | 'load', readonly MetricDefinition[]>> = {
  bench: [...benchMetrics, ...processMetrics],
  load: [...loadMetrics, ...streamMetrics, ...processMetrics],
};
