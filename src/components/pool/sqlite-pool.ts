import { extname } from 'node:path';
import { createPool } from './create-pool.ts';
import { createWorkerPool } from './create-worker-pool.ts';
import type { PoolOptions } from './pool-options.ts';
import type { Pool } from './pool.ts';
import { openSqliteConnection } from './sqlite-connection.ts';
import type { SqliteConnection, SqliteOptions, SqliteParameters, SqliteRow } from './sqlite-connection.ts';
import type { WorkerPoolOptions, WorkerPoolStats } from './worker-pool.ts';

type PoolTuning = Omit<PoolOptions<SqliteConnection>, 'create' | 'destroy' | 'validate'>;

/** Connections in this thread: their queries block it. A pool of them keeps statements prepared and separates transactions. */
export function createSqliteConnectionPool(
  sqlite: SqliteOptions,
  tuning: PoolTuning = {},
): Pool<SqliteConnection> {
  return createPool<SqliteConnection>({
    ...tuning,
    create: () => openSqliteConnection(sqlite),
    destroy: (connection) => connection.close(),
    validate: (connection) => connection.check(),
  });
}

export interface SqliteReaderPoolOptions extends Omit<SqliteOptions, 'readOnly'> {
  /** Connections, each in a thread of its own. @default 5 */
  readonly readers?: number;
  /** Most queries that wait. @default 10000 */
  readonly maxQueue?: number;
  /** How long a reader without queries lives; 0: for ever. @default 30000 */
  readonly idleTimeoutMs?: number;
}

export interface QueryOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Readers of one SQLite database in threads, so that queries run beside each other and beside this thread. */
export interface SqliteReaderPool {
  /** Every row. Rejects with what SQLite reports, or as a WorkerPool does. */
  all(sql: string, parameters?: SqliteParameters, options?: QueryOptions): Promise<readonly SqliteRow[]>;
  /** The first row, or undefined. */
  get(sql: string, parameters?: SqliteParameters, options?: QueryOptions): Promise<SqliteRow | undefined>;
  stats(): WorkerPoolStats;
  /** Run the queries that wait, then close the connections. */
  close(): Promise<void>;
}

/** Readers are opened when they are needed; the database must exist. In WAL mode they read beside a writer. */
export function createSqliteReaderPool(options: SqliteReaderPoolOptions): SqliteReaderPool {
  const { readers = 5, maxQueue, idleTimeoutMs, ...sqlite } = options;
  const workerOptions: WorkerPoolOptions = {
    module: new URL(`./sqlite-reader-thread${extname(import.meta.url)}`, import.meta.url),
    workerData: { ...sqlite, readOnly: true } satisfies SqliteOptions,
    maxThreads: readers,
    name: 'sqlite reader',
    ...(maxQueue === undefined ? {} : { maxQueue }),
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
  };
  const pool = createWorkerPool(workerOptions);
  return {
    async all(sql, parameters = [], { signal } = {}) {
      const rows = await pool.run({ sql, parameters }, { name: 'all', signal });
      if (!Array.isArray(rows)) throw new TypeError(`Expected rows, got ${typeof rows}.`);
      return rows;
    },
    async get(sql, parameters = [], { signal } = {}) {
      const rows = await pool.run({ sql, parameters }, { name: 'get', signal });
      if (!Array.isArray(rows)) throw new TypeError(`Expected rows, got ${typeof rows}.`);
      return rows[0];
    },
    stats: () => pool.stats(),
    close: () => pool.drain(),
  };
}
