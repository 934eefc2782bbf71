import { extname } from 'node:path';
import { createBatcher } from 'perfkit/batcher';
import type { Batcher, BatcherStats } from 'perfkit/batcher';
import { createWorkerPool } from 'perfkit/pool';
import type { WorkerPool } from 'perfkit/pool';
import type { Pattern } from 'perfkit/store';
import { journalSegments, WriteJournal } from './write-journal.ts';
import type { JournalRecord } from './write-journal.ts';

export interface WriteBehindOptions {
  /** Folder of the journal. */
  readonly folder: string;
  /** The database. */
  readonly path: string;
  /** Different patterns that make a batch. */
  readonly batchPatterns: number;
  /** Longest time that a write waits to be handed to the database. */
  readonly maxWaitMs: number;
  /** Different patterns that may wait; beyond, `record` waits for the database. */
  readonly maxPending: number;
  readonly writerCacheBytes: number;
}

/**
 * Writes go into a journal, where they are safe from the end of the process, and from there in batches, by a thread of
 * its own, into the database. While the thread is at work the next batch gathers; several writes of one pattern in it
 * become one. What the database has not got yet is answered from memory.
 */
export class WriteBehind {
  readonly #options: WriteBehindOptions;
  readonly #journal: WriteJournal;
  readonly #writer: WorkerPool;
  readonly #batcher: Batcher<string, void>;
  /** Latest state by id: gathering, and with the writer. */
  #gathering = new Map<string, Pattern>();
  #writing = new Map<string, Pattern>();
  #records = 0;
  #rows = 0;
  #failure: unknown = null;

  constructor(options: WriteBehindOptions) {
    this.#options = options;
    this.#writer = createWorkerPool({
      module: new URL(`./pattern-writer-thread${extname(import.meta.url)}`, import.meta.url),
      workerData: { path: options.path, cacheBytes: options.writerCacheBytes },
      maxThreads: 1,
      idleTimeoutMs: 0,
      name: 'pattern writer',
      // A young generation of the size V8 takes by itself would be larger than all that a batch holds.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    this.#journal = new WriteJournal(options.folder);
    this.#batcher = createBatcher<string, void>({
      maxBatchSize: options.batchPatterns,
      maxWaitMs: options.maxWaitMs,
      maxQueue: Number.MAX_SAFE_INTEGER,
      retries: 3,
      handler: async (ids) => {
        await this.#writeBatch();
        return ids.map(() => undefined);
      },
    });
  }

  /** Bring in what a process that died has left. Resolves to the number of records. */
  async recover(): Promise<number> {
    let records = 0;
    for (const path of journalSegments(this.#options.folder).slice(0, -1)) {
      records += (await this.#apply(path)).records;
    }
    return records;
  }

  /**
   * `pattern` is what the record makes of it. Safe when this returns; a promise when too much waits: that of there being
   * room again. Throws what the journal does, and then nothing has changed.
   */
  record(record: JournalRecord, pattern: Pattern): Promise<void> | null {
    this.#journal.append(record);
    const { id } = pattern;
    const isNew = !this.#gathering.has(id);
    // First, because a batch that is complete with this one is handed over before `add` returns.
    this.#gathering.set(id, pattern);
    this.#records++;
    if (isNew) {
      this.#batcher.add(id).then(undefined, (error: unknown) => {
        this.#failure = error;
      });
    }
    return this.#gathering.size < this.#options.maxPending
      ? null
      : this.#batcher.onSizeLessThan(this.#options.maxPending);
  }

  /** What the database may not have yet. */
  get(id: string): Pattern | undefined {
    return this.#gathering.get(id) ?? this.#writing.get(id);
  }

  get pending(): number {
    return this.#gathering.size + this.#writing.size;
  }

  /** Until the database has everything recorded so far. Throws why it could not, once; the journal keeps it then. */
  async flush(): Promise<void> {
    await this.#batcher.flush();
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null)
      throw new Error('the database did not take a batch; it stays in the journal', { cause: failure });
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#batcher.close();
      this.#journal.close();
      if (this.#writer.stats().threads > 0) await this.#writer.run(null, { name: 'closeStore' });
      await this.#writer.drain();
    }
  }

  stats(): { readonly records: number; readonly rows: number; readonly batcher: BatcherStats } {
    return { records: this.#records, rows: this.#rows, batcher: this.#batcher.stats() };
  }

  async #writeBatch(): Promise<void> {
    // What failed before comes first.
    if (this.#writing.size > 0) await this.#writeSegments();
    if (this.#journal.rotate() === null) return;
    this.#writing = this.#gathering;
    this.#gathering = new Map();
    await this.#writeSegments();
  }

  /** All but the one that is appended to. */
  async #writeSegments(): Promise<void> {
    for (const path of journalSegments(this.#options.folder).slice(0, -1)) {
      this.#rows += (await this.#apply(path)).rows;
    }
    this.#writing = new Map();
  }

  async #apply(path: string): Promise<{ readonly records: number; readonly rows: number }> {
    const applied = await this.#writer.run(path, { name: 'applySegment' });
    if (isApplied(applied)) return applied;
    throw new TypeError(`Expected the writer to say what it applied, got ${typeof applied}`);
  }
}

function isApplied(value: unknown): value is { readonly records: number; readonly rows: number } {
  return typeof value === 'object' && value !== null && 'records' in value && 'rows' in value;
}
