import { afterPromiseJobs, createBatcher } from '../../components/batcher/index.ts';
import type { BatcherStats } from '../../components/batcher/index.ts';
import type { Timers } from '../../components/internal/timers.ts';
import type { TunedDatabase } from '../../components/store/index.ts';

/** Writes to a database. A promise that has resolved means that the write is committed. */
export interface Writer {
  /**
   * What `work` returned, when it is committed. `work` runs within a transaction, with others, in the order of the
   * calls; it must not wait. Rejects with what it threw or SQLite said (then nothing of it is kept), QueueFullError
   * or BatcherClosedError.
   */
  write<T>(work: (database: TunedDatabase) => T): Promise<T>;
  stats(): BatcherStats;
  /** After the writes that were called before. */
  close(): Promise<void>;
}

export interface WriterOptions {
  /** False: a transaction for each write. */
  readonly queue: boolean;
  /** Most writes that wait. @default 10000 */
  readonly maxQueue?: number;
  readonly now: () => number;
  readonly timers: Timers;
}

type Work = (database: TunedDatabase) => void;

const transactionWrites = 512;

/** Writes that are called while one event is dealt with, or while a transaction runs, share the next transaction. */
export function createWriter(database: TunedDatabase, options: WriterOptions): Writer {
  const { queue, maxQueue = 10_000, now, timers } = options;
  const batcher = createBatcher<Work, void>({
    handler: (works) => commit(database, works),
    maxBatchSize: queue ? Math.min(transactionWrites, maxQueue) : 1,
    schedule: afterPromiseJobs,
    maxQueue,
    now,
    timers,
  });
  return {
    async write<T>(work: (database: TunedDatabase) => T): Promise<T> {
      const { promise, resolve } = Promise.withResolvers<T>();
      let settle = (): void => undefined;
      await batcher.add((within) => {
        const result = work(within);
        settle = () => resolve(result);
      });
      settle();
      return promise;
    },
    stats: () => batcher.stats(),
    close: () => batcher.close(),
  };
}

/** All in one transaction; should that fail, each in one of its own, so that only those fail that cannot succeed. */
function commit(database: TunedDatabase, works: readonly Work[]): (Error | void)[] {
  try {
    database.transaction(
      () => {
        for (const work of works) work(database);
      },
      () => works.length,
    );
    return works.map(() => undefined);
  } catch (error) {
    if (works.length === 1) return [asError(error)];
    return works.map((work) => commit(database, [work])[0]);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
