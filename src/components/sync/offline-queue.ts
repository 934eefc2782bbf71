import type { SyncChange } from './change-log.ts';

/**
 * Changes of one client that the server has not settled yet, in order. It also keeps the client's id, because an id goes
 * with its count of changes: a client that had one and not the other would have its changes taken for old ones.
 */
export interface OfflineQueue {
  readonly clientId: string;
  readonly size: number;
  /** Add a change and give it the next sequence. It is kept when this returns. Throws OfflineQueueFullError. */
  push(change: Omit<SyncChange, 'sequence'>): SyncChange;
  /** The oldest, at most `limit`. */
  first(limit: number): SyncChange[];
  /** All that concern a record, oldest first. */
  of(recordId: string): SyncChange[];
  /** Take away the changes up to a sequence: they are settled. */
  settle(sequence: number): void;
  close(): void;
}

export interface OfflineQueueOptions {
  /** Most changes. @default 10000 */
  readonly maxChanges?: number;
}
