export type { ChangeLog, ChangeLogStats, ChangeOutcome, RecordState, SyncChange } from './change-log.ts';
export { changeLogs } from './change-logs.ts';
export type { ChangeLogKind } from './change-logs.ts';
export type { Cursor } from './cursor.ts';
export { createMemoryChangeLog } from './memory-change-log.ts';
export { createMemoryOfflineQueue } from './memory-offline-queue.ts';
export type { OfflineQueue, OfflineQueueOptions } from './offline-queue.ts';
export { offlineQueues } from './offline-queues.ts';
export type { OfflineQueueKind } from './offline-queues.ts';
export { createPayloadCodec } from './payload-codec.ts';
export type { PayloadCodec, PayloadCodecOptions, PayloadCompressor } from './payload-codec.ts';
export { createSealer } from './sealer.ts';
export type { Sealer, SealerOptions } from './sealer.ts';
export { openSqliteChangeLog } from './sqlite-change-log.ts';
export { openSqliteOfflineQueue } from './sqlite-offline-queue.ts';
export { createSyncClient } from './sync-client.ts';
export type { SyncClient, SyncClientOptions, SyncSummary, SyncTransport } from './sync-client.ts';
export type { SyncDatabaseOptions } from './sync-database.ts';
export {
  MessageError,
  OfflineQueueFullError,
  SealError,
  SequenceGapError,
  SyncTimeoutError,
} from './sync-errors.ts';
export { printSyncReply, parseSyncReply } from './sync-reply.ts';
export type { SyncReply } from './sync-reply.ts';
export { printSyncRequest, parseSyncRequest } from './sync-request.ts';
export type { SyncRequest } from './sync-request.ts';
export type { RetryOptions } from './retry.ts';
export { createSyncServer } from './sync-server.ts';
export type { SyncServer, SyncServerOptions, SyncServerStats } from './sync-server.ts';
