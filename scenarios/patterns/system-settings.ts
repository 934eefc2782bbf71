export interface SystemOptions {
  /** For the database, the journal and the query cache. */
  readonly folder: string;
  /** Whether outcomes change anything. @default true */
  readonly learning?: boolean;
  /** @default 1000 entries, 10 MiB */
  readonly l1Entries?: number;
  /** @default 10000 entries, 100 MiB */
  readonly l2Entries?: number;
  /** Time to live in L2, in milliseconds. @default 3600000 (one hour) */
  readonly l2TtlMs?: number;
  /** Bodies of fewer bytes are kept as they are in L2, others compressed. @default 1024 */
  readonly compressFromBytes?: number;
  /** On disk: in memory an entry takes some 70 bytes. @default 50000 */
  readonly l3Entries?: number;
  /**
   * Different patterns that make a batch of writes before its time: the larger, the more writes of one pattern become one,
   * and what waits is safe in the journal. @default 45000
   */
  readonly batchPatterns?: number;
  /** Longest wait of a write for its batch, in milliseconds: it is safe meanwhile. @default 2000 */
  readonly maxWaitMs?: number;
  /** Different patterns that may wait to be written. @default 60000 */
  readonly maxPending?: number;
  /** Page cache of the connection that look-ups read with. @default 1048576 (1 MiB) */
  readonly readerCacheBytes?: number;
  /** Page cache of the thread that writes. @default 2097152 (2 MiB) */
  readonly writerCacheBytes?: number;
}

export type SystemSettings = Required<SystemOptions> & {
  readonly l1Bytes: number;
  readonly l2Bytes: number;
};

const mebibyte = 1024 ** 2;

/** Every default filled in; the components check the values. */
export function systemSettings(options: SystemOptions): SystemSettings {
  return {
    learning: true,
    l1Entries: 1_000,
    l2Entries: 10_000,
    l2TtlMs: 3_600_000,
    compressFromBytes: 1_024,
    l3Entries: 50_000,
    batchPatterns: 45_000,
    maxWaitMs: 2_000,
    maxPending: 60_000,
    readerCacheBytes: mebibyte,
    writerCacheBytes: 2 * mebibyte,
    ...options,
    l1Bytes: 10 * mebibyte,
    l2Bytes: 100 * mebibyte,
  };
}
