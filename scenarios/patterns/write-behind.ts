import { rmSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { createBatcher } from 'perfkit/batcher';
import type { Batcher, BatcherStats } from 'perfkit/batcher';
import { createWorkerPool } from 'perfkit/pool';
import type { WorkerPool } from 'perfkit/pool';
import type { Pattern } from 'perfkit/store';
import { withConfidence } from './with-confidence.ts';
import { WriteJournal } from './write-journal.ts';

export interface WriteBehindOptions {
  /** Folder of the journal. */
  readonly folder: string;
  /** The database. */
  readonly path: string;
  /** Different patterns that make a batch. */
  readonly batchPatterns: number;
  /** Longest time that a write waits to be handed to the database. */
  readonly maxWaitMs: number;
  /** Different patterns that may wait; beyond, a write waits for the database. */
  readonly maxPending: number;
  readonly writerCacheBytes: number;
}

/** The latest state; or its confidence, where nothing else differs from what was there before. */
type Pending = Pattern | number;

/**
 * Writes go into a journal, where they are safe from the end of the process, and from there in batches, by a thread of
 * its own, into the database. While the thread is at work the next batch gathers; several writes of one pattern in it
 * become one. What the database has not got yet is answered from memory.
 *
 *     record ─> journal, gathering ──(size or time)──> writing ──(the segment is in the database)──> forgotten
 *                                                         │  ^
 *                                                         └──┘ failed: with the next batch, flush or close
 */
export class WriteBehind {
  readonly #options: WriteBehindOptions;
  readonly #journal: WriteJournal;
  readonly #writer: WorkerPool;
  /** Runs batches one after the other, and again when one fails. An item is the wish for one. */
  readonly #batcher: Batcher<null, void>;
  /** By id, gathering and with the writer. */
  #gathering = new Map<string, Pending>();
  #writing = new Map<string, Pending>();
  #records = 0;
  #rows = 0;
  #timer: NodeJS.Timeout | null = null;
  /** A batch is to come that will take what gathers now. */
  #isWished = false;
  /** Of those who wait because too much does. */
  #room: PromiseWithResolvers<void> | null = null;
  /** Why the last batch did not get in. */
  #failure: Error | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: WriteBehindOptions) {
    this.#options = options;
    this.#writer = createWorkerPool({
      module: new URL(`./pattern-writer-thread${extname(import.meta.url)}`, import.meta.url),
      workerData: { path: options.path, cacheBytes: options.writerCacheBytes },
      maxThreads: 1,
      idleTimeoutMs: 0,
      name: 'pattern writer',
      // A young generation of the size V8 takes by itself would be larger than all that a batch holds.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    this.#journal = new WriteJournal(options.folder);
    this.#batcher = createBatcher<null, void>({
      maxBatchSize: 1,
      retries: 3,
      handler: async () => {
        await this.#writeBatch();
        return [undefined];
      },
    });
  }

  /** Make the database, and bring in what a process that died has left. Resolves to the number of records. */
  async recover(): Promise<number> {
    await this.#writer.run(null, { name: 'openStore' });
    let records = 0;
    for (const path of this.#journal.sealed()) {
      // Empty: it died before its first write.
      if (statSync(path).size === 0) rmSync(path);
      else records += (await this.#apply(path)).records;
    }
    return records;
  }

  /**
   * The pattern is now this one. Safe when this returns; a promise when too much waits: that of there being room again.
   * Throws what the journal does, and when the database takes nothing any more; then nothing has changed.
   */
  put(pattern: Pattern): Promise<void> | null {
    this.#refuseIfStuck();
    this.#journal.put(pattern);
    return this.#gather(pattern.id, pattern);
  }

  /**
   * As `put`, of a pattern that is there, and of which only the confidence has changed. `held`: the pattern, by who has it
   * at hand and is about to give it this confidence, else null.
   */
  // hot path
  confidence(id: string, confidence: number, held: Pattern | null = null): Promise<void> | null {
    this.#refuseIfStuck();
    this.#journal.confidence(id, confidence);
    if (held !== null) return this.#gather(id, held);
    const gathered = this.#gathering.get(id);
    const isStored = typeof gathered === 'object';
    return this.#gather(id, isStored ? withConfidence(gathered, confidence) : confidence);
  }

  /** The latest state of a pattern; `read` gives what the database has. */
  latest(id: string, read: (id: string) => Pattern | undefined): Pattern | undefined {
    const gathered = this.#gathering.get(id);
    if (typeof gathered === 'object') return gathered;
    const written = this.#writing.get(id);
    const stored = typeof written === 'object' ? written : read(id);
    const confidence = gathered ?? (typeof written === 'number' ? written : undefined);
    return stored === undefined || confidence === undefined ? stored : withConfidence(stored, confidence);
  }

  /** Of a pattern that waits; undefined when it does not. */
  latestConfidence(id: string): number | undefined {
    const pending = this.#gathering.get(id) ?? this.#writing.get(id);
    return typeof pending === 'object' ? pending.confidence : pending;
  }

  get pending(): number {
    return this.#gathering.size + this.#writing.size;
  }

  /** Until the database has everything recorded so far. Throws why it could not; the journal keeps it then. */
  async flush(): Promise<void> {
    if (this.pending > 0) this.#wish();
    await this.#batcher.flush();
    if (this.#failure === null) return;
    throw new Error('The database did not take a batch: it stays in the journal.', { cause: this.#failure });
  }

  /** Also when it throws, as `flush` does, everything is let go of. A second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  stats(): { readonly records: number; readonly rows: number; readonly batcher: BatcherStats } {
    return { records: this.#records, rows: this.#rows, batcher: this.#batcher.stats() };
  }

  async #close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.#journal.close();
      await this.#batcher.close();
      await this.#endWriter();
    }
  }

  async #endWriter(): Promise<void> {
    try {
      await this.#writer.run(null, { name: 'closeStore' });
    } finally {
      await this.#writer.destroy();
    }
  }

  #refuseIfStuck(): void {
    if (this.#closing !== null)
      throw new Error('The pattern system is shut down: nothing is written any more.');
    if (this.#failure === null || this.pending < this.#options.maxPending) return;
    throw new Error('The database takes no batches, and too many patterns wait for it already.', {
      cause: this.#failure,
    });
  }

  // hot path: nothing is made for a write but its place in the map
  #gather(id: string, pending: Pending): Promise<void> | null {
    this.#gathering.set(id, pending);
    this.#records++;
    const { size } = this.#gathering;
    const { batchPatterns, maxWaitMs, maxPending } = this.#options;
    if (size >= batchPatterns) this.#wish();
    else if (this.#timer === null && !this.#isWished) this.#timer = setTimeout(() => this.#wish(), maxWaitMs);
    if (size < maxPending) return null;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  /** A batch of what has gathered by the time that the writer is free. */
  #wish(): void {
    if (this.#isWished) return;
    this.#isWished = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#batcher.add(null).catch(() => {
      // `#failure` says why. Tried again with the next write, flush or close; those who wait are not held up for ever.
      this.#isWished = false;
      this.#giveRoom();
    });
  }

  #giveRoom(): void {
    this.#room?.resolve();
    this.#room = null;
  }

  async #writeBatch(): Promise<void> {
    try {
      // What failed before comes first.
      if (this.#writing.size > 0) await this.#writeSegments();
      const sealed = this.#journal.rotate();
      // From here on what comes is for the next one.
      this.#isWished = false;
      if (sealed !== null) {
        this.#writing = this.#gathering;
        this.#gathering = new Map();
        this.#giveRoom();
        await this.#writeSegments();
      }
      this.#failure = null;
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  async #writeSegments(): Promise<void> {
    for (const path of this.#journal.sealed()) this.#rows += (await this.#apply(path)).rows;
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
