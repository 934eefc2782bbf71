import type { ChangeOutcome, RecordState } from './change-log.ts';
import { printCursor } from './cursor.ts';
import type { Cursor } from './cursor.ts';
import { mostChanges } from './check-changes.ts';
import { choiceIn, fieldsIn, flagIn, idIn, jsonIn, listIn, parseJson, wholeIn } from './read-message.ts';
import { cursorIn } from './sync-request.ts';

/** What a client gets: what came of its changes, and what it has not seen. */
export interface SyncReply {
  readonly cursor: Cursor;
  /** The first page of everything: what the client has of an earlier sync and is not in these pages, is gone. */
  readonly full: boolean;
  /** There are more pages: ask again with this cursor. */
  readonly more: boolean;
  /** Of the request's changes, in their order. */
  readonly outcomes: readonly ChangeOutcome[];
  /** In the order of change; without those that the request itself made, which `outcomes` tell. */
  readonly records: readonly RecordState[];
}

const states = ['applied', 'conflict', 'forgotten'] as const;
/** Far beyond what a server puts on a page. */
const mostRecords = 1_000_000;

/** As JSON without white space. */
export function printSyncReply({ cursor, full, more, outcomes, records }: SyncReply): string {
  const settled = outcomes.map(
    ({ sequence, state, version }) => `{"sequence":${sequence},"state":"${state}","version":${version}}`,
  );
  const printed = records.map(
    ({ recordId, version, json }) =>
      `{"id":${JSON.stringify(recordId)},"version":${version}${json === null ? '' : `,"value":${json}`}}`,
  );
  return [
    `{"cursor":"${printCursor(cursor)}"`,
    ...(full ? ['"full":true'] : []),
    ...(more ? ['"more":true'] : []),
    ...(settled.length === 0 ? [] : [`"outcomes":[${settled.join(',')}]`]),
    `"records":[${printed.join(',')}]}`,
  ].join(',');
}

/** Throws MessageError that says what is wrong, and where. */
export function parseSyncReply(text: string): SyncReply {
  const names = ['cursor', 'full', 'more', 'outcomes', 'records'] as const;
  const fields = fieldsIn(parseJson(text), 'reply', names);
  const { outcomes = [], records } = fields;
  return {
    cursor: cursorIn(fields['cursor'], 'reply.cursor'),
    full: flagIn(fields['full'], 'reply.full'),
    more: flagIn(fields['more'], 'reply.more'),
    outcomes: listIn(outcomes, 'reply.outcomes', mostChanges).map(outcomeIn),
    records: listIn(records, 'reply.records', mostRecords).map(recordIn),
  };
}

function outcomeIn(item: unknown, index: number): ChangeOutcome {
  const path = `reply.outcomes[${index}]`;
  const { sequence, state, version } = fieldsIn(item, path, ['sequence', 'state', 'version']);
  return {
    sequence: wholeIn(sequence, `${path}.sequence`, 1),
    state: choiceIn(state, `${path}.state`, states),
    version: wholeIn(version, `${path}.version`, 0),
  };
}

function recordIn(item: unknown, index: number): RecordState {
  const path = `reply.records[${index}]`;
  const { id, version, value } = fieldsIn(item, path, ['id', 'version', 'value']);
  return {
    recordId: idIn(id, `${path}.id`),
    version: wholeIn(version, `${path}.version`, 1),
    json: value === undefined ? null : jsonIn(value, `${path}.value`),
  };
}
