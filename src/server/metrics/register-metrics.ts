import type { MultiLevelStats } from '../../components/cache/index.ts';
import type { Chat } from '../chat/chat.ts';
import type { Patterns } from '../data/patterns.ts';
import type { Writer } from '../data/writer.ts';
import type { Encoder } from '../http/encoder.ts';
import type { AppHttpServer } from '../http/app-http-server.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { LiveServer } from '../live/live-server.ts';
import type { SyncService } from '../sync/sync-service.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { MetricRegistry, Reading } from './metric-registry.ts';

/** Whose figures are shown. */
export interface MeteredParts {
  readonly chat: Chat;
  readonly patterns: Patterns;
  readonly sync: SyncService;
  readonly upstream: Upstream;
  readonly writer: Writer;
  readonly jobs: JobQueue;
  readonly live: LiveServer;
  readonly http: AppHttpServer;
  readonly encoder: Encoder | null;
}

/** Make the figures of every part metrics; they are read when somebody asks for them. */
export function registerMetrics(registry: MetricRegistry, parts: MeteredParts): void {
  registerProcess(registry);
  registerCaches(registry, parts);
  const { upstream, writer, jobs, live, http, encoder, sync } = parts;
  const gauge = (name: string, help: string, read: () => number): void =>
    registry.observed(name, help, 'gauge', read);
  const total = (name: string, help: string, read: () => number): void =>
    registry.observed(name, help, 'counter', read);

  gauge('http_connections', 'open connections of clients', http.connections);
  total('http_connections_dropped_total', 'connections closed because there were too many', http.dropped);
  gauge('http_pending_reply_bytes', 'replies not taken by the operating system yet', http.pendingBytes);
  if (encoder !== null) {
    total('http_original_bytes_total', 'bytes before compression', () => encoder.stats().originalBytes);
    total('http_compressed_bytes_total', 'bytes after compression', () => encoder.stats().compressedBytes);
  }
  gauge(
    'pool_utilization',
    'upstream connections in use, of those there may be',
    () => upstream.stats().utilization,
  );
  gauge(
    'pool_waiting',
    'calls that wait for an upstream connection',
    () => upstream.stats().pool?.waiting ?? 0,
  );
  total(
    'pool_timeouts_total',
    'calls that got no upstream connection in time',
    () => upstream.stats().pool?.acquireTimeouts ?? 0,
  );
  total('upstream_calls_total', 'calls of the module service', () => upstream.stats().calls);
  total(
    'upstream_failures_total',
    'calls of the module service that failed',
    () => upstream.stats().failures,
  );
  total(
    'upstream_connections_total',
    'connections made to the module service',
    () => upstream.stats().connected,
  );
  total('database_writes_total', 'writes committed', () => writer.stats().completed);
  total('database_transactions_total', 'transactions that they took', () => writer.stats().batches);
  total('database_write_failures_total', 'writes that failed', () => writer.stats().failed);
  gauge('database_writes_waiting', 'writes that wait', () => writer.stats().queued);
  gauge('jobs_waiting', 'background jobs that wait', () => jobs.stats().queued);
  gauge('jobs_running', 'background jobs at work', () => jobs.stats().running);
  total('jobs_completed_total', 'background jobs that succeeded', () => jobs.stats().completed);
  total('jobs_failed_total', 'background jobs that failed', () => jobs.stats().failed);
  registry.observed('sync_requests_total', 'syncs by what was sent', 'counter', () =>
    Object.entries(sync.stats()).map(([kind, value]) => ({ labels: { kind }, value })),
  );
  registerLive(registry, live);
}

function registerLive(registry: MetricRegistry, live: LiveServer): void {
  const names = {
    clients: ['gauge', 'live_clients', 'WebSocket clients on /live'],
    watchers: ['gauge', 'live_watchers', 'WebSocket clients on /frames'],
    waitingBatches: ['gauge', 'live_waiting_batches', 'batches that wait for more messages'],
    messages: ['counter', 'live_messages_total', 'messages to subscribers'],
    frames: ['counter', 'live_frames_total', 'WebSocket frames that carried them'],
    batches: ['counter', 'live_batches_total', 'batches made'],
    positionFrames: ['counter', 'live_position_frames_total', 'frames of positions sent'],
    droppedPositionFrames: [
      'counter',
      'live_position_frames_dropped_total',
      'frames of positions that slow readers did not get',
    ],
    slowReaders: ['counter', 'live_slow_readers_total', 'clients disconnected because they did not read'],
    idleClients: ['counter', 'live_idle_clients_total', 'clients disconnected because they were silent'],
  } as const satisfies Readonly<
    Record<keyof ReturnType<LiveServer['stats']>, readonly ['gauge' | 'counter', string, string]>
  >;
  for (const [field, [kind, name, help]] of Object.entries(names)) {
    registry.observed(name, help, kind, () => Number(Reflect.get(live.stats(), field)));
  }
}

function registerCaches(registry: MetricRegistry, { chat, patterns, sync }: MeteredParts): void {
  const read = (): readonly CacheFigures[] => {
    const patternStats = patterns.stats();
    const payloads = sync.cacheStats();
    return [
      ...Object.entries(chat.stats()).map(([name, stats]) => ({ name, ...stats })),
      ...(patternStats === null ? [] : [{ name: 'patterns', entries: 0, ...lookupsOf(patternStats) }]),
      ...(payloads === null ? [] : [{ name: 'payloads', ...payloads }]),
    ];
  };
  const each = (value: (figures: CacheFigures) => number) => (): Reading[] =>
    read().map((figures) => ({ labels: { cache: figures.name }, value: value(figures) }));
  registry.observed(
    'cache_hits_total',
    'look-ups that found a value',
    'counter',
    each(({ hits }) => hits),
  );
  registry.observed(
    'cache_misses_total',
    'look-ups that did not',
    'counter',
    each(({ misses }) => misses),
  );
  registry.observed(
    'cache_entries',
    'entries held',
    'gauge',
    each(({ entries }) => entries),
  );
  registry.observed('cache_hit_ratio', 'look-ups that found a value, of all, in all caches', 'gauge', () => {
    const all = read();
    const hits = all.reduce((sum, one) => sum + one.hits, 0);
    const lookups = all.reduce((sum, one) => sum + one.hits + one.misses, 0);
    return lookups === 0 ? 0 : hits / lookups;
  });
}

interface CacheFigures {
  readonly name: string;
  readonly hits: number;
  readonly misses: number;
  readonly entries: number;
}

function lookupsOf({ hits, misses }: MultiLevelStats): { readonly hits: number; readonly misses: number } {
  return { hits, misses };
}

function registerProcess(registry: MetricRegistry): void {
  registry.observed('process_resident_memory_bytes', 'memory of the process', 'gauge', () =>
    process.memoryUsage.rss(),
  );
  registry.observed(
    'process_heap_bytes',
    'JavaScript heap in use',
    'gauge',
    () => process.memoryUsage().heapUsed,
  );
  registry.observed('process_cpu_seconds_total', 'CPU time, user and system', 'counter', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
}
