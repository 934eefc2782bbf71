import { createMemoryOfflineQueue } from './memory-offline-queue.ts';
import type { OfflineQueue, OfflineQueueOptions } from './offline-queue.ts';
import { openSqliteOfflineQueue } from './sqlite-offline-queue.ts';
import type { SyncDatabaseOptions } from './sync-database.ts';

/** How each kind of offline queue is opened. */
export const offlineQueues = {
  memory: createMemoryOfflineQueue,
  sqlite: openSqliteOfflineQueue,
} satisfies Record<string, (options: SyncDatabaseOptions & OfflineQueueOptions) => OfflineQueue>;

export type OfflineQueueKind = keyof typeof offlineQueues;
