export { createPool } from './create-pool.ts';
export {
  AcquireTimeoutError,
  CreateTimeoutError,
  DestroyTimeoutError,
  NotBorrowedError,
  PoolClosedError,
  PoolFullError,
} from './pool-errors.ts';
export type { PoolOptions } from './pool-options.ts';
export type { AcquireOptions, Pool, PoolStats } from './pool.ts';
