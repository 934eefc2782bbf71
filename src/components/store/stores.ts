import { openLsmStore } from './lsm/lsm-store.ts';
import { openSqliteStore } from './sqlite/sqlite-store.ts';
import type { Store, StoreOptions } from './store.ts';

/** How each kind of store is opened. */
export const stores = {
  sqlite: openSqliteStore,
  lsm: openLsmStore,
} satisfies Record<string, (options: StoreOptions) => Promise<Store>>;

export type StoreKind = keyof typeof stores;
