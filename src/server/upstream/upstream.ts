import { createPool } from '../../components/pool/index.ts';
import type { PoolStats } from '../../components/pool/index.ts';
import type { Timers } from '../../components/internal/timers.ts';
import type { ServerConfig } from '../config/server-config.ts';
import { createUpstreamConnection } from './upstream-connection.ts';
import type { UpstreamAddress, UpstreamConnection } from './upstream-connection.ts';

/** Calls of the module service, over connections of a pool or each over a new one. */
export interface Upstream {
  /**
   * The service's reply to `GET path`; undefined when it knows nothing of it. Rejects with UpstreamError, an error of
   * the pool (AcquireTimeoutError, PoolFullError, PoolClosedError), or the signal's reason.
   */
  readonly call: (path: string, signal?: AbortSignal) => Promise<unknown>;
  readonly stats: () => UpstreamStats;
  /** After the calls that are under way. */
  readonly close: () => Promise<void>;
}

interface UpstreamStats {
  readonly calls: number;
  readonly failures: number;
  /** Connections made. */
  readonly connected: number;
  /** Connections in use over those there may be, now; 0 without a pool. */
  readonly utilization: number;
  /** null without a pool. */
  readonly pool: PoolStats | null;
}

type UpstreamConfig = Pick<
  ServerConfig,
  'pool' | 'maxConnections' | 'maxIdleMs' | 'connectionTimeoutMs' | 'retryAttempts' | 'retryDelayMs'
>;

export interface UpstreamPorts {
  readonly address: UpstreamAddress;
  readonly now: () => number;
  readonly timers: Timers;
  /** Told how long a call took that was answered. */
  readonly onAnswer?: (durationMs: number) => void;
}

export function createUpstream(config: UpstreamConfig, ports: UpstreamPorts): Upstream {
  const caller = config.pool ? pooled(config, ports) : unpooled(config, ports);
  let calls = 0;
  let failures = 0;
  return {
    async call(path, signal) {
      calls++;
      const startMs = ports.now();
      try {
        const reply = await caller.call(path, signal);
        ports.onAnswer?.(ports.now() - startMs);
        return reply;
      } catch (error) {
        failures++;
        throw error;
      }
    },
    stats: () => ({ calls, failures, ...caller.stats() }),
    close: caller.close,
  };
}

interface Caller extends Omit<Upstream, 'stats'> {
  readonly stats: () => Omit<UpstreamStats, 'calls' | 'failures'>;
}

/** A connection is checked with a call of /health when it is made, and again when it was idle for a while. */
function pooled(config: UpstreamConfig, { address, now, timers }: UpstreamPorts): Caller {
  const timeoutMs = config.connectionTimeoutMs;
  const pool = createPool<UpstreamConnection>({
    max: config.maxConnections,
    idleTimeoutMs: config.maxIdleMs,
    createTimeoutMs: timeoutMs,
    acquireTimeoutMs: timeoutMs,
    createRetries: config.retryAttempts,
    createBackoff: {
      initialMs: config.retryDelayMs,
      maxMs: Math.max(config.retryDelayMs, 60_000),
      factor: 2,
    },
    validateIfIdleMs: 5_000,
    create: async (signal) => {
      const connection = createUpstreamConnection(address);
      try {
        await connection.call('/health', { signal, timeoutMs });
        return connection;
      } catch (error) {
        connection.close();
        throw error;
      }
    },
    validate: async (connection, signal) => {
      await connection.call('/health', { signal, timeoutMs });
      return true;
    },
    destroy: (connection) => connection.close(),
    now,
    timers,
  });
  return {
    async call(path, signal) {
      const lease = await pool.lease({ signal });
      try {
        const reply = await lease.resource.call(path, { signal, timeoutMs });
        lease.release();
        return reply;
      } catch (error) {
        lease.discard();
        throw error;
      }
    },
    stats: () => {
      const stats = pool.stats();
      return { connected: stats.created, utilization: stats.borrowed / config.maxConnections, pool: stats };
    },
    close: () => pool.drain(),
  };
}

/** What the pool is compared with: a handshake for each call. */
function unpooled({ connectionTimeoutMs }: UpstreamConfig, { address }: UpstreamPorts): Caller {
  const running = new Set<Promise<unknown>>();
  let connected = 0;
  return {
    async call(path, signal) {
      const connection = createUpstreamConnection(address);
      connected++;
      const call = connection.call(path, { signal, timeoutMs: connectionTimeoutMs });
      running.add(call);
      try {
        return await call;
      } finally {
        running.delete(call);
        connection.close();
      }
    },
    stats: () => ({ connected, utilization: 0, pool: null }),
    close: async () => void (await Promise.allSettled(running)),
  };
}
