import type { SystemReading } from '../../../src/components/monitor/index.ts';
import { resolveConfig } from '../../../src/server/config/resolve-config.ts';
import type { ServerConfig } from '../../../src/server/config/server-config.ts';
import type { LogEvent } from '../../../src/server/monitoring/log-event.ts';
import { startMonitoring } from '../../../src/server/monitoring/monitoring.ts';
import type { MonitoredParts, Monitoring } from '../../../src/server/monitoring/monitoring.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

/** What the parts of a server say when they are asked; a test changes it as it goes. */
export interface SaidByParts {
  hits: number;
  misses: number;
  utilization: number;
  calls: number;
  failures: number;
  transactions: number;
  transactionMs: number;
  system: Record<string, number>;
}

export interface VirtualMonitoring {
  readonly clock: VirtualClock;
  readonly said: SaidByParts;
  readonly events: readonly LogEvent[];
  readonly monitoring: Monitoring;
  /** To the next sample. */
  readonly nextSample: () => Promise<void>;
}

export const startOfDayMs = 1_760_000_000_000;

/** Monitoring of parts that say what they are told to, on a virtual clock. */
export function startVirtualMonitoring(config: Partial<ServerConfig> = {}): VirtualMonitoring {
  const clock = new VirtualClock();
  const events: LogEvent[] = [];
  const said: SaidByParts = {
    hits: 0,
    misses: 0,
    utilization: 0,
    calls: 0,
    failures: 0,
    transactions: 0,
    transactionMs: 0,
    system: { rss_bytes: 1e8, cpu_ms: 0, loop_delay_p99_ms: 0, disk_written_bytes: 0 },
  };
  const all = { ...resolveConfig().config, ...config };
  const monitoring = startMonitoring(all, partsSaying(said), {
    now: clock.nowMs,
    timers: clock,
    today: () => startOfDayMs + clock.nowMs(),
    record: (event) => void events.push(event),
    readSystem: { read: (): SystemReading => ({ ...said.system }), close: () => undefined },
  });
  const nextSample = (): Promise<void> => clock.advance(all.metricsIntervalMs);
  return { clock, said, events, monitoring, nextSample };
}

const noTime = { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 };

function partsSaying(said: SaidByParts): MonitoredParts {
  const cache = {
    hitRatio: 0,
    sets: 0,
    evictions: 0,
    expirations: 0,
    rejected: 0,
    entries: 0,
    bytes: 0,
  };
  return {
    chat: { stats: () => ({}) },
    patterns: { stats: () => null },
    sync: { cacheStats: () => ({ ...cache, hits: said.hits, misses: said.misses }) },
    upstream: {
      stats: () => ({
        calls: said.calls,
        failures: said.failures,
        connected: 0,
        utilization: said.utilization,
        pool: null,
      }),
    },
    writer: {
      stats: () => ({
        ...noBatches,
        handler: {
          ...noTime,
          count: said.transactions,
          meanMs: said.transactions === 0 ? 0 : said.transactionMs / said.transactions,
        },
      }),
    },
    live: {
      stats: () => ({
        clients: 0,
        watchers: 0,
        waitingBatches: 0,
        messages: 0,
        frames: 0,
        batches: 0,
        positionFrames: 0,
        droppedPositionFrames: 0,
        slowReaders: 0,
        idleClients: 0,
      }),
    },
  };
}

const noBatches = {
  added: 0,
  completed: 0,
  failed: 0,
  aborted: 0,
  dropped: 0,
  expired: 0,
  rejected: 0,
  deduplicated: 0,
  retried: 0,
  batches: 0,
  meanBatchSize: 0,
  batchSizeLimit: 1,
  queued: 0,
  blocked: 0,
  running: 0,
  wait: noTime,
  handler: noTime,
  payloadBytes: 0,
  compressedBytes: 0,
};
