export { createPool } from './create-pool.ts';
export {
  AcquireTimeoutError,
  CreateTimeoutError,
  DestroyTimeoutError,
  NotBorrowedError,
  PoolClosedError,
  PoolFullError,
  ValidateTimeoutError,
} from './pool-errors.ts';
export type { PoolEvent, RetireReason } from './pool-events.ts';
export type { PoolOptions } from './pool-options.ts';
export type { AcquireOptions, Lease, Pool, PoolStats } from './pool.ts';
export type { BackoffOptions } from '../internal/backoff.ts';
export type { DurationSummary } from '../internal/duration-histogram.ts';
export { createWorkerPool } from './create-worker-pool.ts';
export type { RunOptions, WorkerPool, WorkerPoolOptions, WorkerPoolStats } from './worker-pool.ts';
export type { TaskContext } from './worker-messages.ts';
export { WorkerCrashedError } from './worker-pool-errors.ts';
export { openSqliteConnection } from './sqlite-connection.ts';
export type { SqliteConnection, SqliteOptions, SqliteParameters, SqliteRow } from './sqlite-connection.ts';
export { createSqliteConnectionPool, createSqliteReaderPool } from './sqlite-pool.ts';
export type { QueryOptions, SqliteReaderPool, SqliteReaderPoolOptions } from './sqlite-pool.ts';
