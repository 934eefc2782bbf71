import type { RecordState } from './change-log.ts';
import type { Cursor } from './cursor.ts';
import type { SyncReply } from './sync-reply.ts';

/** A client's copy of the server's records, without changes of its own that the server has not settled. */
export class LocalRecords {
  #records = new Map<string, RecordState>();
  /** What has come so far of a full sync; it takes the place of the records when it is complete. */
  #incoming: Map<string, RecordState> | null = null;
  #cursor: Cursor | null = null;

  get cursor(): Cursor | null {
    return this.#cursor;
  }

  get size(): number {
    return this.#records.size;
  }

  get(recordId: string): RecordState | undefined {
    return this.#records.get(recordId);
  }

  all(): IterableIterator<RecordState> {
    return this.#records.values();
  }

  /** Every change up to this version is known; 0 while a full sync is under way. */
  get seenVersion(): number {
    return this.#incoming === null ? (this.#cursor?.version ?? 0) : 0;
  }

  /**
   * What a reply says; `own`: how the server made the client's changes. Pages come after those, for others may have changed
   * the same records since. The first page of a full sync has them in it. Only a whole copy is shown.
   */
  take({ cursor, full, more, records }: SyncReply, own: readonly RecordState[]): void {
    for (const record of own) put(this.#records, record);
    if (full) this.#incoming = new Map();
    else if (this.#incoming !== null) for (const record of own) put(this.#incoming, record);
    for (const record of records) put(this.#incoming ?? this.#records, record);
    this.#cursor = cursor;
    if (more || this.#incoming === null) return;
    this.#records = this.#incoming;
    this.#incoming = null;
  }

  /** Forget how much was seen, so that the next sync fetches everything. What there is stays until it is complete. */
  restart(): void {
    this.#cursor = null;
  }
}

function put(records: Map<string, RecordState>, record: RecordState): void {
  const current = records.get(record.recordId);
  // An outcome that is told again may be older than what the client has seen since.
  if (current !== undefined && current.version > record.version) return;
  if (record.json === null) records.delete(record.recordId);
  else records.set(record.recordId, record);
}
