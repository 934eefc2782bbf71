import { fieldsOf, flagOf, idOf, jsonOf, listOf, wholeOf } from '../http/check-body.ts';
import { invalid } from '../http/http-error.ts';
import type { RecordChange } from '../data/sync-records.ts';

/** What a client asks for when it syncs. */
export interface SyncRequest {
  /** From the last sync; null: it has nothing yet. */
  readonly cursor: Cursor | null;
  /** Everything, whatever the cursor says. */
  readonly full: boolean;
  readonly changes: readonly RecordChange[];
}

/** How much a client has seen, of which database. */
export interface Cursor {
  readonly epoch: string;
  readonly version: number;
}

const mostChanges = 1_000;
const longestRecord = 65_536;

/** Throws HttpError 400 that names the field. */
export function parseSyncRequest(value: unknown): SyncRequest {
  const { cursor, full, changes } = fieldsOf(value, 'body', ['cursor', 'full', 'changes']);
  return {
    cursor: cursor === undefined || cursor === null ? null : parseCursor(cursor),
    full: full === undefined ? false : flagOf(full, 'body.full'),
    changes: changes === undefined ? [] : listOf(changes, 'body.changes', mostChanges).map(parseChange),
  };
}

export function printCursor({ epoch, version }: Cursor): string {
  return `${epoch}:${version}`;
}

function parseCursor(value: unknown): Cursor {
  const [, epoch, version] = (typeof value === 'string' && /^([0-9a-f]{12}):(\d{1,15})$/.exec(value)) || [];
  if (epoch === undefined || version === undefined)
    throw invalid('body.cursor', 'the cursor of an earlier reply, or null', value);
  return { epoch, version: Number(version) };
}

function parseChange(value: unknown, index: number): RecordChange {
  const where = `body.changes[${index}]`;
  const {
    id,
    value: content,
    deleted,
    baseVersion,
  } = fieldsOf(value, where, ['id', 'value', 'deleted', 'baseVersion']);
  const isDeletion = deleted === undefined ? false : flagOf(deleted, `${where}.deleted`);
  if (isDeletion === (content !== undefined)) throw invalid(where, 'either a value or deleted: true', value);
  const json = isDeletion ? null : jsonOf(content, `${where}.value`, longestRecord);
  return {
    id: idOf(id, `${where}.id`),
    json,
    baseVersion:
      baseVersion === undefined
        ? null
        : wholeOf(baseVersion, `${where}.baseVersion`, 0, Number.MAX_SAFE_INTEGER),
  };
}
