/** A panel of the dashboard: what it shows, of which queries. */
export interface PanelSpec {
  readonly title: string;
  readonly description?: string;
  /** Grafana's name of the unit. */
  readonly unit: 's' | 'bytes' | 'Bps' | 'percentunit' | 'reqps' | 'ops' | 'short';
  /** PromQL, and what its series are called. */
  readonly queries: readonly (readonly [expr: string, legend: string])[];
}

export interface RowSpec {
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}

/** Rates are over Grafana's own interval, which knows how often Prometheus scrapes. */
const rate = (metric: string): string => `rate(${metric}[$__rate_interval])`;

const sumOfRate = (metric: string, by?: string): string =>
  by === undefined ? `sum(${rate(metric)})` : `sum by (${by}) (${rate(metric)})`;

const percentile = (part: number, histogram: string): string =>
  `histogram_quantile(${part}, sum by (le) (${rate(`${histogram}_bucket`)}))`;

const percentiles = (histogram: string): PanelSpec['queries'] => [
  [percentile(0.5, histogram), 'P50'],
  [percentile(0.95, histogram), 'P95'],
  [percentile(0.99, histogram), 'P99'],
];

/** What the server shows, grouped by who asks for it. */
export const grafanaRows: readonly RowSpec[] = [
  {
    title: 'Alerts and failures',
    panels: [
      {
        title: 'Alerts raised now',
        unit: 'short',
        queries: [['alert_raised', '{{rule}}']],
      },
      {
        title: 'Failures a second by class',
        description: 'GET /errors has an example of each.',
        unit: 'ops',
        queries: [[sumOfRate('errors_total', 'source, class'), '{{source}} {{class}}']],
      },
      {
        title: 'Replies with status 5xx and 4xx',
        unit: 'percentunit',
        queries: [
          [`${sumOfRate('http_requests_total{status=~"5.."}')} / ${sumOfRate('http_requests_total')}`, '5xx'],
          [`${sumOfRate('http_requests_total{status=~"4.."}')} / ${sumOfRate('http_requests_total')}`, '4xx'],
        ],
      },
    ],
  },
  {
    title: 'Requests',
    panels: [
      {
        title: 'Replies a second by route',
        unit: 'reqps',
        queries: [[sumOfRate('http_requests_total', 'route'), '{{route}}']],
      },
      { title: 'Response time', unit: 's', queries: percentiles('http_request_duration_seconds') },
      {
        title: 'Connections',
        unit: 'short',
        queries: [
          ['http_connections', 'HTTP and WebSocket'],
          ['live_clients', '/live'],
          ['live_watchers', '/frames'],
        ],
      },
    ],
  },
  {
    title: 'Caches',
    panels: [
      {
        title: 'Hit ratio',
        unit: 'percentunit',
        queries: [
          ['cache_hit_ratio', 'since the start'],
          ['cache_hit_ratio_recent', 'now'],
          [
            `${sumOfRate('cache_hits_total', 'cache')} / (${sumOfRate('cache_hits_total', 'cache')} + ${sumOfRate('cache_misses_total', 'cache')})`,
            '{{cache}}',
          ],
        ],
      },
      { title: 'Entries', unit: 'short', queries: [['cache_entries', '{{cache}}']] },
      {
        title: 'Questions answered from the cache',
        unit: 'ops',
        queries: [[rate('cms_cache_hits_total'), 'a second']],
      },
    ],
  },
  {
    title: 'Work',
    panels: [
      { title: 'Answering a question', unit: 's', queries: percentiles('cms_inference_seconds') },
      { title: 'Queries of patterns', unit: 's', queries: percentiles('mp_spatial_query_seconds') },
      { title: 'Background jobs', unit: 's', queries: percentiles('ta_analysis_seconds') },
      {
        title: 'Likeness of answers',
        description: 'Cosine of the question and the best passage.',
        unit: 'percentunit',
        queries: [
          [`${sumOfRate('ta_confidence_score_sum')} / ${sumOfRate('ta_confidence_score_count')}`, 'mean'],
        ],
      },
      {
        title: 'Stored and synced',
        unit: 'ops',
        queries: [
          [rate('mp_memories_stored_total'), 'messages and patterns stored'],
          [rate('ta_gaps_processed_total'), 'gaps closed by a sync'],
          [sumOfRate('sync_requests_total', 'kind'), 'syncs: {{kind}}'],
        ],
      },
      {
        title: 'Jobs',
        unit: 'short',
        queries: [
          ['jobs_waiting', 'waiting'],
          ['jobs_running', 'running'],
        ],
      },
    ],
  },
  {
    title: 'WebSockets',
    panels: [
      {
        title: 'Messages and frames',
        unit: 'ops',
        queries: [
          [rate('live_messages_total'), 'messages'],
          [rate('live_frames_total'), 'frames that carried them'],
          [rate('live_batches_total'), 'batches'],
        ],
      },
      { title: 'Frames of positions', unit: 'ops', queries: [['mp_navigation_fps', 'a second']] },
      {
        title: 'Clients disconnected',
        unit: 'ops',
        queries: [
          [rate('live_slow_readers_total'), 'slow readers'],
          [rate('live_idle_clients_total'), 'silent'],
        ],
      },
    ],
  },
  {
    title: 'Module service and database',
    panels: [
      {
        title: 'Pool of upstream connections in use',
        unit: 'percentunit',
        queries: [['pool_utilization', 'in use']],
      },
      {
        title: 'Upstream calls',
        unit: 'ops',
        queries: [
          [rate('upstream_calls_total'), 'calls'],
          [rate('upstream_failures_total'), 'failures'],
          [rate('upstream_connections_total'), 'new connections'],
        ],
      },
      {
        title: 'Database transactions',
        unit: 's',
        queries: [
          [
            `${rate('database_transaction_seconds_total')} / ${rate('database_transactions_total')}`,
            'mean time',
          ],
        ],
      },
    ],
  },
  {
    title: 'Process',
    panels: [
      {
        title: 'Memory',
        unit: 'bytes',
        queries: [
          ['cms_memory_bytes', 'resident'],
          ['process_heap_bytes', 'heap'],
        ],
      },
      {
        title: 'CPU and garbage collection',
        unit: 'percentunit',
        queries: [
          [rate('process_cpu_seconds_total'), 'CPU of one core'],
          ['nodejs_gc_time_ratio', 'garbage collection'],
        ],
      },
      {
        title: 'Event-loop delay',
        unit: 's',
        queries: [
          ['nodejs_eventloop_lag_p99_seconds', 'P99'],
          ['nodejs_eventloop_lag_max_seconds', 'max'],
        ],
      },
      {
        title: 'Disk',
        unit: 'Bps',
        queries: [['process_disk_written_bytes_per_second', 'written']],
      },
      { title: 'Open files and sockets', unit: 'short', queries: [['process_open_fds', 'open']] },
    ],
  },
];
