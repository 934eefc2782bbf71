import { positiveInteger, wholeNumber } from '../../internal/option-checks.ts';
import type { StoreOptions } from '../store.ts';

/** LevelDB's own settings. Its bloom filters (10 bits a key) are fixed by the driver. */
export interface LsmStoreOptions extends StoreOptions {
  /** Writes gathered in memory before they become a sorted file; up to two of them. @default 8388608 (8 MiB) */
  readonly memtableBytes?: number;
  /** Size of a block, the unit of reading and compression. @default 4096 */
  readonly blockBytes?: number;
  /** Cache of blocks. @default 33554432 (32 MiB) */
  readonly cacheBytes?: number;
  /** Compress blocks with Snappy; needless when bodies are compressed. @default true */
  readonly compression?: boolean;
  /** Largest sorted file. @default 2097152 (2 MiB) */
  readonly maxFileBytes?: number;
  /** @default 1000 */
  readonly maxOpenFiles?: number;
}

/** The settings by the driver's names. */
export function levelSettings(options: LsmStoreOptions): {
  readonly writeBufferSize: number;
  readonly blockSize: number;
  readonly cacheSize: number;
  readonly compression: boolean;
  readonly maxFileSize: number;
  readonly maxOpenFiles: number;
} {
  return {
    writeBufferSize: positiveInteger('memtableBytes', options.memtableBytes ?? 8 * 1024 ** 2),
    blockSize: positiveInteger('blockBytes', options.blockBytes ?? 4_096),
    cacheSize: wholeNumber('cacheBytes', options.cacheBytes ?? 32 * 1024 ** 2),
    compression: options.compression ?? true,
    maxFileSize: positiveInteger('maxFileBytes', options.maxFileBytes ?? 2 * 1024 ** 2),
    maxOpenFiles: positiveInteger('maxOpenFiles', options.maxOpenFiles ?? 1_000),
  };
}
