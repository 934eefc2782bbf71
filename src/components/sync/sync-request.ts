import type { SyncChange } from './change-log.ts';
import { mostChanges } from './check-changes.ts';
import { parseCursor, printCursor } from './cursor.ts';
import type { Cursor } from './cursor.ts';
import { fieldsIn, idIn, jsonIn, listIn, parseJson, wholeIn } from './read-message.ts';
import { MessageError } from './sync-errors.ts';

/** What a client sends: its changes, and how much it has seen. */
export interface SyncRequest {
  readonly clientId: string;
  /** From the last reply; null: it has nothing, or wants everything anew. */
  readonly cursor: Cursor | null;
  /** In order; those it does not know the outcome of, the oldest first. */
  readonly changes: readonly SyncChange[];
}

/** As JSON without white space. */
export function printSyncRequest({ clientId, cursor, changes }: SyncRequest): string {
  const printed = changes.map(
    ({ sequence, recordId, json, baseVersion }) =>
      // Values are JSON already.
      `{"sequence":${sequence},"id":${JSON.stringify(recordId)}` +
      `${baseVersion === null ? '' : `,"base":${baseVersion}`}${json === null ? '' : `,"value":${json}`}}`,
  );
  const head = `{"client":${JSON.stringify(clientId)}`;
  const seen = cursor === null ? '' : `,"cursor":"${printCursor(cursor)}"`;
  return `${head}${seen}${printed.length === 0 ? '' : `,"changes":[${printed.join(',')}]`}}`;
}

/** Throws MessageError that says what is wrong, and where. */
export function parseSyncRequest(text: string): SyncRequest {
  const { client, cursor, changes } = fieldsIn(parseJson(text), 'request', ['client', 'cursor', 'changes']);
  return {
    clientId: idIn(client, 'request.client'),
    cursor: cursor === undefined ? null : cursorIn(cursor, 'request.cursor'),
    changes: changes === undefined ? [] : changesIn(changes),
  };
}

export function cursorIn(value: unknown, path: string): Cursor {
  const cursor = typeof value === 'string' ? parseCursor(value) : null;
  if (cursor === null) throw new MessageError(path, 'the cursor of a reply', typeof value);
  return cursor;
}

function changesIn(value: unknown): SyncChange[] {
  const changes = listIn(value, 'request.changes', mostChanges).map(changeIn);
  for (const [index, { sequence }] of changes.entries()) {
    const before = changes[index - 1];
    if (before !== undefined && sequence !== before.sequence + 1) {
      throw new MessageError(`request.changes[${index}].sequence`, `${before.sequence + 1}`, `${sequence}`);
    }
  }
  return changes;
}

function changeIn(item: unknown, index: number): SyncChange {
  const path = `request.changes[${index}]`;
  const { sequence, id, base, value } = fieldsIn(item, path, ['sequence', 'id', 'base', 'value']);
  return {
    sequence: wholeIn(sequence, `${path}.sequence`, 1),
    recordId: idIn(id, `${path}.id`),
    json: value === undefined ? null : jsonIn(value, `${path}.value`),
    baseVersion: base === undefined ? null : wholeIn(base, `${path}.base`, 0),
  };
}
