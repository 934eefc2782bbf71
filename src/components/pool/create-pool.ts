import type { PoolOptions } from './pool-options.ts';
import type { Pool } from './pool.ts';
import { ResourcePool } from './resource-pool.ts';

/** A pool of what `create` makes. Throws TypeError or RangeError on options it cannot follow. */
export function createPool<T>(options: PoolOptions<T>): Pool<T> {
  return new ResourcePool(options);
}
