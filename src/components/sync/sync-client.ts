import { boundedRun } from '../internal/bounded-run.ts';
import { callable, delayMs, expected, positiveInteger } from '../internal/option-checks.ts';
import { systemTimers } from '../internal/timers.ts';
import type { Timers } from '../internal/timers.ts';
import type { ChangeOutcome, RecordState, SyncChange } from './change-log.ts';
import { checkId, mostChanges } from './check-changes.ts';
import { LocalRecords } from './local-records.ts';
import { createMemoryOfflineQueue } from './memory-offline-queue.ts';
import type { OfflineQueue } from './offline-queue.ts';
import type { PayloadCodec } from './payload-codec.ts';
import { retry, retrySettings } from './retry.ts';
import type { RetryOptions, RetrySettings } from './retry.ts';
import { MessageError, SyncTimeoutError } from './sync-errors.ts';
import { parseSyncReply } from './sync-reply.ts';
import type { SyncReply } from './sync-reply.ts';
import { printSyncRequest } from './sync-request.ts';

/** Takes a request to the server; resolves to the reply's body, null when it has none. Rejects when there is no reply. */
export type SyncTransport = (
  body: Uint8Array,
  context: { readonly signal: AbortSignal },
) => Promise<Uint8Array | null>;

export interface SyncClientOptions {
  readonly transport: SyncTransport;
  /** How messages become bytes; the server's must be the same. */
  readonly codec: PayloadCodec;
  /** Changes that are not settled. @default one in memory, of 10,000 */
  readonly queue?: OfflineQueue;
  /** Most changes in one request, up to 1000. @default 1000 */
  readonly maxBatch?: number;
  /** Longest time an attempt may take; 0: for ever. @default 10000 */
  readonly timeoutMs?: number;
  readonly retry?: Omit<RetryOptions, 'timers'>;
  /** Told of each change of this client's that gave way to another's. It may change the record again. It must not throw. */
  readonly onConflict?: (change: SyncChange, current: unknown) => void;
  /** Stops what is under way when it aborts; changes stay in the queue. */
  readonly signal?: AbortSignal;
  /** @default setTimeout and clearTimeout */
  readonly timers?: Timers;
}

/**
 * A copy of a server's records that can be read and changed without it. Changes wait in the queue; `sync` sends them in
 * order, as often as it takes: each carries its count, so the server makes it once, whatever became of the replies.
 */
export interface SyncClient {
  /** The value with the client's own changes; undefined when there is none. */
  get(recordId: string): unknown;
  /** Change a record, here and (at the next sync) there. Throws OfflineQueueFullError, or TypeError for what JSON cannot say. */
  put(recordId: string, value: unknown): void;
  delete(recordId: string): void;
  /**
   * Send what is queued and fetch what is new. Callers at the same time share one. Rejects with the last attempt's error
   * when all failed, or the signal's reason; what was settled until then is.
   */
  sync(): Promise<SyncSummary>;
  /** Fetch everything anew at the next sync. */
  restart(): void;
  /** The server's records in this copy, without own changes that are not settled. */
  records(): IterableIterator<RecordState>;
  /** Changes that wait. */
  readonly pending: number;
}

/** What one sync moved. */
export interface SyncSummary {
  readonly requests: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Records received, with tombstones. */
  readonly records: number;
  readonly applied: number;
  readonly conflicts: number;
}

export function createSyncClient(options: SyncClientOptions): SyncClient {
  return new Client(options);
}

type Counts = { -readonly [K in keyof SyncSummary]: SyncSummary[K] };

class Client implements SyncClient {
  readonly #transport: SyncTransport;
  readonly #codec: PayloadCodec;
  readonly #queue: OfflineQueue;
  readonly #maxBatch: number;
  readonly #timeoutMs: number;
  readonly #retry: RetrySettings;
  readonly #onConflict: (change: SyncChange, current: unknown) => void;
  readonly #signal: AbortSignal;
  readonly #timers: Timers;
  readonly #records = new LocalRecords();
  #syncing: Promise<SyncSummary> | null = null;

  constructor(options: SyncClientOptions) {
    this.#transport = callable('transport', options.transport);
    this.#codec = options.codec;
    this.#queue = options.queue ?? createMemoryOfflineQueue();
    this.#maxBatch = positiveInteger('maxBatch', options.maxBatch ?? mostChanges, mostChanges);
    this.#timeoutMs = delayMs('timeoutMs', options.timeoutMs ?? 10_000);
    this.#timers = options.timers ?? systemTimers;
    this.#retry = retrySettings({ ...options.retry, timers: this.#timers });
    this.#onConflict = callable('onConflict', options.onConflict ?? (() => undefined));
    this.#signal = options.signal ?? new AbortController().signal;
  }

  get pending(): number {
    return this.#queue.size;
  }

  get(recordId: string): unknown {
    const own = this.#queue.of(recordId).at(-1);
    return valueOf(own === undefined ? this.#records.get(recordId)?.json : own.json);
  }

  put(recordId: string, value: unknown): void {
    // Not a string for undefined, a function or a symbol, whatever its type says.
    const json: unknown = JSON.stringify(value);
    if (typeof json !== 'string') throw new TypeError(expected('value', 'one that JSON can say', value));
    this.#change(recordId, json);
  }

  delete(recordId: string): void {
    this.#change(recordId, null);
  }

  sync(): Promise<SyncSummary> {
    this.#syncing ??= this.#syncAll().finally(() => {
      this.#syncing = null;
    });
    return this.#syncing;
  }

  restart(): void {
    this.#records.restart();
  }

  records(): IterableIterator<RecordState> {
    return this.#records.all();
  }

  #change(recordId: string, json: string | null): void {
    checkId('recordId', recordId);
    // Of a record that is not in the copy, whatever was done up to now is known.
    const baseVersion = this.#records.get(recordId)?.version ?? this.#records.seenVersion;
    this.#queue.push({ recordId, json, baseVersion });
  }

  async #syncAll(): Promise<SyncSummary> {
    const counts: Counts = {
      requests: 0,
      bytesSent: 0,
      bytesReceived: 0,
      records: 0,
      applied: 0,
      conflicts: 0,
    };
    for (;;) {
      // The same changes in each attempt: which of them the server has made is not known until it replies.
      const changes = this.#queue.first(this.#maxBatch);
      const reply = await retry(() => this.#attempt(changes, counts), this.#retry, this.#signal);
      if (reply !== null) this.#take(reply, changes, counts);
      if (reply?.more !== true && this.#queue.size === 0) return counts;
    }
  }

  async #attempt(changes: readonly SyncChange[], counts: Counts): Promise<SyncReply | null> {
    const { cursor } = this.#records;
    const text = printSyncRequest({ clientId: this.#queue.clientId, cursor, changes });
    const body = await this.#codec.encode(text);
    counts.requests++;
    counts.bytesSent += body.byteLength;
    const { result, abort } = boundedRun((signal) => this.#transport(body, { signal }), {
      timeoutMs: this.#timeoutMs,
      timers: this.#timers,
      timeoutError: () => new SyncTimeoutError(this.#timeoutMs),
      // A reply that comes late tells nothing that the next one does not.
      onLate: () => undefined,
    });
    const stop = (): void => abort(new Error('The sync was stopped.', { cause: this.#signal.reason }));
    this.#signal.addEventListener('abort', stop, { once: true });
    try {
      const bytes = await result;
      if (bytes === null) {
        // Else the changes would be thought settled, or the copy whole.
        if (cursor === null || changes.length > 0) throw new MessageError('reply', 'a body', 'none');
        return null;
      }
      counts.bytesReceived += bytes.byteLength;
      const reply = parseSyncReply(await this.#codec.decode(bytes));
      checkOutcomes(reply.outcomes, changes);
      return reply;
    } finally {
      this.#signal.removeEventListener('abort', stop);
    }
  }

  #take(reply: SyncReply, changes: readonly SyncChange[], counts: Counts): void {
    const own: RecordState[] = [];
    const conflicts: SyncChange[] = [];
    for (const [index, change] of changes.entries()) {
      const { state, version = 0 } = reply.outcomes[index] ?? {};
      if (state === 'applied') own.push({ recordId: change.recordId, version, json: change.json });
      else if (state === 'conflict') conflicts.push(change);
    }
    this.#records.take(reply, own);
    counts.applied += own.length;
    const last = changes.at(-1);
    if (last !== undefined) this.#queue.settle(last.sequence);
    counts.records += reply.records.length;
    counts.conflicts += conflicts.length;
    for (const change of conflicts) {
      this.#onConflict(change, valueOf(this.#records.get(change.recordId)?.json));
    }
  }
}

/** Throws MessageError unless the server said of each change what came of it. */
function checkOutcomes(outcomes: readonly ChangeOutcome[], changes: readonly SyncChange[]): void {
  const same = changes.every(({ sequence }, index) => outcomes[index]?.sequence === sequence);
  if (same && outcomes.length === changes.length) return;
  throw new MessageError('reply.outcomes', `one for each of ${changes.length} changes`, `${outcomes.length}`);
}

function valueOf(json: string | null | undefined): unknown {
  return json === null || json === undefined ? undefined : JSON.parse(json);
}
