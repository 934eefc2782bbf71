import { readFileSync } from 'node:fs';
import { PerfkitError, messageOf } from '../../model/errors.ts';
import { RecordFile } from './record-file.ts';
import type { CapturedValue } from '../flows/session.ts';
import type { CsvRecord } from '../../model/csv.ts';
import type { Row, RowSource } from './row-source.ts';

/** A JSON file that is a list of objects; it is held in memory, so the planner bounds its size. Throws PerfkitError. */
export function openJsonRows(path: string, name: string): RowSource {
  let rows: unknown;
  try {
    rows = JSON.parse(readFileSync(path, 'utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    throw new PerfkitError('scenario', `${name}: cannot be read as JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (!Array.isArray(rows) || rows.length === 0)
    throw new PerfkitError('scenario', `${name}: expected a list of objects with at least one`);
  const list: readonly unknown[] = rows;
  for (const [index, row] of list.entries()) {
    if (!isObject(row))
      throw new PerfkitError('scenario', `${name}: expected an object in row ${index + 1} of the list`);
  }
  return {
    count: list.length,
    row: (index) => rowOf(list[index], `${name} row ${index + 1}`),
    close: () => undefined,
  };
}

/** A file with one JSON object a line, of any size. A line that is none has no values. Throws PerfkitError. */
export function openLineRows(path: string, name: string): RowSource {
  const file = new RecordFile(path, name, scanLine, () => '');
  if (file.count === 0) {
    file.close();
    throw new PerfkitError('scenario', `${name}: expected one JSON object a line, got no lines`);
  }
  return {
    count: file.count,
    row: (index) => rowOf(parseLine(file.text(index)), `${name} row ${index + 1}`),
    close: () => file.close(),
  };
}

function rowOf(value: unknown, place: string): Row {
  return { place, read: (column) => valueAt(value, column), values: () => (isObject(value) ? value : {}) };
}

/** `address.city` is the member of that name, or else the way there. */
function valueAt(row: unknown, column: string): CapturedValue | null {
  if (!isObject(row)) return null;
  let value: unknown = Object.hasOwn(row, column) ? row[column] : row;
  if (value === row) {
    for (const name of column.split('.'))
      value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return { text: value, json: null };
  const json = JSON.stringify(value);
  return { text: json, json };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function scanLine(bytes: Uint8Array, start: number, limit: number, last: boolean, into: CsvRecord): boolean {
  const found = bytes.subarray(0, limit).indexOf(0x0a, start);
  if (found === -1 && !last) return false;
  const end = found === -1 ? limit : found;
  into.textEnd = bytes[end - 1] === 0x0d && end > start ? end - 1 : end;
  into.end = found === -1 ? limit : found + 1;
  into.lines = 1;
  into.fields = 1;
  into.fault = '';
  return true;
}
