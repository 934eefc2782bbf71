import type { Driver } from '../subjects/driver.ts';

/** Built-in drivers, by the name that `use:` gives; each is loaded when it is used. */
export const drivers = {
  batcher: async () => (await import('./batcher-driver.ts')).batcherDriver,
  cache: async () => (await import('./cache-driver.ts')).cacheDriver,
  compressor: async () => (await import('./compressor-driver.ts')).compressorDriver,
  noop: async () => (await import('./noop-driver.ts')).noopDriver,
  perfkit: async () => (await import('./perfkit-driver.ts')).perfkitDriver,
  pool: async () => (await import('./pool-driver.ts')).poolDriver,
  synthetic: async () => (await import('./synthetic-driver.ts')).syntheticDriver,
} satisfies Record<string, () => Promise<Driver>>;

export type DriverName = keyof typeof drivers;

export function isDriverName(name: string): name is DriverName {
  return Object.hasOwn(drivers, name);
}
