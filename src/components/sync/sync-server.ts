import { positiveInteger } from '../internal/option-checks.ts';
import type { ChangeLog, RecordState } from './change-log.ts';
import type { Cursor } from './cursor.ts';
import { MessageError } from './sync-errors.ts';
import type { PayloadCodec } from './payload-codec.ts';
import { printSyncReply } from './sync-reply.ts';
import type { SyncReply } from './sync-reply.ts';
import { parseSyncRequest } from './sync-request.ts';
import type { SyncRequest } from './sync-request.ts';

export interface SyncServerOptions {
  readonly log: ChangeLog;
  /** How messages become bytes; the clients' must be the same. */
  readonly codec: PayloadCodec;
  /** Most records on a page. @default 1000 */
  readonly pageRecords?: number;
  /** A page ends after the record that brings its values to so many characters. @default 1048576 */
  readonly pageCharacters?: number;
  /** Longest value of a record that a client may send, in characters of JSON. @default 65536 */
  readonly maxRecordCharacters?: number;
}

export interface SyncServer {
  /**
   * Apply the client's changes, and tell it what it has not seen: everything, page by page, when it has no cursor, that
   * of another log, or one from before tombstones were forgotten. null: nothing to tell, so send no body at all.
   * Throws SequenceGapError or MessageError, and then nothing was applied.
   */
  sync(request: SyncRequest): SyncReply | null;
  /** The same from bytes to bytes. Rejects with what the codec throws too. */
  handle(body: Uint8Array): Promise<Uint8Array | null>;
  stats(): SyncServerStats;
}

/** Counts of replies since creation. */
export interface SyncServerStats {
  readonly full: number;
  readonly delta: number;
  readonly unchanged: number;
  /** Records in them. */
  readonly records: number;
}

/** Rows that are asked for at once, so that a page of large records need not be read whole before it is cut. */
const chunkRecords = 256;

/** The server's side of delta sync, over a change log. The caller has made sure who the client is. */
export function createSyncServer(options: SyncServerOptions): SyncServer {
  const { log, codec } = options;
  const pageRecords = positiveInteger('pageRecords', options.pageRecords ?? 1_000);
  const pageCharacters = positiveInteger('pageCharacters', options.pageCharacters ?? 1_048_576);
  const maxRecord = positiveInteger('maxRecordCharacters', options.maxRecordCharacters ?? 65_536);
  const counts = { full: 0, delta: 0, unchanged: 0, records: 0 };

  const page = (from: number, top: number): { readonly rows: RecordState[]; readonly more: boolean } => {
    const rows: RecordState[] = [];
    for (let [after, characters] = [from, 0]; rows.length < pageRecords;) {
      const most = Math.min(chunkRecords, pageRecords - rows.length);
      const chunk = log.since(after, most);
      for (const row of chunk) {
        rows.push(row);
        after = row.version;
        characters += row.json?.length ?? 0;
        if (characters >= pageCharacters) return { rows, more: after < top };
      }
      if (chunk.length < most) return { rows, more: false };
    }
    return { rows, more: (rows.at(-1)?.version ?? from) < top };
  };

  const sync = (request: SyncRequest): SyncReply | null => {
    for (const [index, { json }] of request.changes.entries()) {
      if (json === null || json.length <= maxRecord) continue;
      throw new MessageError(
        `request.changes[${index}].value`,
        `at most ${maxRecord} long`,
        `${json.length}`,
      );
    }
    const outcomes = log.append(request.clientId, request.changes);
    // Before the rows are read: another process may add to them meanwhile, and what it adds is not passed over then.
    const top = log.version();
    const seen = usable(request.cursor, log, top);
    if (seen !== null && outcomes.length === 0 && seen.version === top) {
      counts.unchanged++;
      return null;
    }
    const { version, base } = seen ?? { version: 0, base: top };
    const { rows, more } = page(version, top);
    const read = rows.at(-1)?.version ?? version;
    const last = more ? read : Math.max(read, top);
    // A copy that is begun anew needs the client's own changes too.
    const applied = seen === null ? [] : outcomes.filter(({ state }) => state === 'applied');
    const own = new Set(applied.map((one) => one.version));
    // Of what was deleted before the client began to fetch everything it has nothing to delete.
    const news = rows.filter((row) => (row.json !== null || row.version > base) && !own.has(row.version));
    counts[seen === null ? 'full' : 'delta']++;
    counts.records += news.length;
    return {
      cursor: { epoch: log.epoch, version: last, base },
      full: seen === null,
      more,
      outcomes,
      records: news,
    };
  };
  return {
    sync,
    async handle(body) {
      const reply = sync(parseSyncRequest(await codec.decode(body)));
      return reply === null ? null : codec.encode(printSyncReply(reply));
    },
    stats: () => ({ ...counts }),
  };
}

/** null: what the client has cannot be brought up to date by what was changed since. */
function usable(cursor: Cursor | null, log: ChangeLog, top: number): Cursor | null {
  if (cursor === null || cursor.epoch !== log.epoch || cursor.version > top) return null;
  return Math.max(cursor.version, cursor.base) < log.floor() ? null : cursor;
}
