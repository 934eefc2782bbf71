import type { SQLInputValue } from 'node:sqlite';
import type { Pattern, PatternChanges } from '../pattern.ts';
import { patternColumns } from './pattern-query.ts';
import type { Row } from './tuned-database.ts';

const columns = patternColumns.split(', ');
const replaced = columns.slice(1).map((column) => `${column} = excluded.${column}`);

export const upsertSql =
  `INSERT INTO patterns (${patternColumns}) VALUES (${columns.map(() => '?').join(', ')}) ` +
  `ON CONFLICT (id) DO UPDATE SET ${replaced.join(', ')}`;

export const getSql = `SELECT ${patternColumns} FROM patterns WHERE id = ?`;

/** In the order of the columns. */
export function toParameters(pattern: Pattern): SQLInputValue[] {
  const { id, type, domain, confidence, usageCount, createdAtMs, updatedAtMs, lastUsedAtMs, body } = pattern;
  return [id, type, domain, confidence, usageCount, createdAtMs, updatedAtMs, lastUsedAtMs, body];
}

export function fromRow(row: Row): Pattern {
  const { last_used_at: lastUsed, body } = row;
  return {
    id: String(row['id']),
    type: String(row['type']),
    domain: String(row['domain']),
    confidence: Number(row['confidence']),
    usageCount: Number(row['usage_count']),
    createdAtMs: Number(row['created_at']),
    updatedAtMs: Number(row['updated_at']),
    lastUsedAtMs: lastUsed == null ? null : Number(lastUsed),
    body: body instanceof Uint8Array ? body : new Uint8Array(0),
  };
}

const columnOf = {
  type: 'type',
  domain: 'domain',
  confidence: 'confidence',
  usageCount: 'usage_count',
  createdAtMs: 'created_at',
  updatedAtMs: 'updated_at',
  lastUsedAtMs: 'last_used_at',
  body: 'body',
} satisfies Record<keyof PatternChanges, string>;

/** Sets the changed columns alone: an index without them is not touched. */
export function updateSql(
  id: string,
  changes: PatternChanges,
): { readonly sql: string; readonly parameters: SQLInputValue[] } {
  const names: string[] = [];
  const parameters: SQLInputValue[] = [];
  for (const [field, column] of Object.entries(columnOf)) {
    const value: SQLInputValue | undefined = Reflect.get(changes, field);
    if (value === undefined) continue;
    names.push(`${column} = ?`);
    parameters.push(value);
  }
  // Without changes it still tells whether there is one.
  if (names.length === 0) names.push('id = id');
  parameters.push(id);
  return { sql: `UPDATE patterns SET ${names.join(', ')} WHERE id = ?`, parameters };
}
