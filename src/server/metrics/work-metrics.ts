import type { Writer } from '../data/writer.ts';
import type { AppHttpServer } from '../http/app-http-server.ts';
import type { Encoder } from '../http/encoder.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { SyncService } from '../sync/sync-service.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { PullMetric } from './pull-metric.ts';

export interface WorkingParts {
  readonly http: Pick<AppHttpServer, 'connections' | 'dropped' | 'pendingBytes'>;
  readonly encoder: Pick<Encoder, 'stats'> | null;
  readonly upstream: Pick<Upstream, 'stats'>;
  readonly writer: Pick<Writer, 'stats'>;
  readonly jobs: Pick<JobQueue, 'stats'>;
  readonly sync: Pick<SyncService, 'stats'>;
}

/** Connections, the module service, the database, jobs and syncs. */
export function workMetrics(parts: WorkingParts): readonly PullMetric[] {
  const { http, encoder, upstream, writer, jobs, sync } = parts;
  const pool = () => upstream.stats().pool;
  return [
    gauge('http_connections', 'open connections of clients', http.connections),
    total('http_connections_dropped_total', 'connections closed because there were too many', http.dropped),
    gauge('http_pending_reply_bytes', 'replies not taken by the operating system yet', http.pendingBytes),
    ...(encoder === null
      ? []
      : [
          total('http_original_bytes_total', 'bytes before compression', () => encoder.stats().originalBytes),
          total(
            'http_compressed_bytes_total',
            'bytes after compression',
            () => encoder.stats().compressedBytes,
          ),
        ]),
    gauge(
      'pool_utilization',
      'upstream connections in use, of those there may be',
      () => upstream.stats().utilization,
    ),
    gauge('pool_connections', 'upstream connections that there are', () => pool()?.total ?? 0),
    gauge('pool_waiting', 'calls that wait for an upstream connection', () => pool()?.waiting ?? 0),
    total(
      'pool_timeouts_total',
      'calls that got no upstream connection in time',
      () => pool()?.acquireTimeouts ?? 0,
    ),
    total('upstream_calls_total', 'calls of the module service', () => upstream.stats().calls),
    total(
      'upstream_failures_total',
      'calls of the module service that failed',
      () => upstream.stats().failures,
    ),
    total(
      'upstream_connections_total',
      'connections made to the module service',
      () => upstream.stats().connected,
    ),
    total('database_writes_total', 'writes committed', () => writer.stats().completed),
    total('database_transactions_total', 'transactions that they took', () => writer.stats().batches),
    total('database_transaction_seconds_total', 'time in these transactions', () => {
      const { count, meanMs } = writer.stats().handler;
      return (count * meanMs) / 1_000;
    }),
    total('database_write_failures_total', 'writes that failed', () => writer.stats().failed),
    gauge('database_writes_waiting', 'writes that wait', () => writer.stats().queued),
    gauge('jobs_waiting', 'background jobs that wait', () => jobs.stats().queued),
    gauge('jobs_running', 'background jobs at work', () => jobs.stats().running),
    total('jobs_completed_total', 'background jobs that succeeded', () => jobs.stats().completed),
    total('jobs_failed_total', 'background jobs that failed', () => jobs.stats().failed),
    {
      name: 'sync_requests_total',
      help: 'syncs by what was sent',
      kind: 'counter',
      labels: ['kind'],
      read: () => Object.entries(sync.stats()).map(([kind, value]) => ({ labels: { kind }, value })),
    },
  ];
}

function gauge(name: string, help: string, read: () => number): PullMetric {
  return { name, help, kind: 'gauge', read };
}

function total(name: string, help: string, read: () => number): PullMetric {
  return { name, help, kind: 'counter', read };
}
