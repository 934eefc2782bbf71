import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { scanCsv, splitCsvRecord } from '../../model/csv.ts';
import { beginningOf, sizeOfProjectFile } from '../read/project-file.ts';
import type { DataPlan } from '../../model/exchange-plan.ts';
import type { LoadScenario } from '../scenario/schema.ts';
import type { PlanContext } from './plan-context.ts';

/** Columns by source; null for a source of which they are not known. */
export type DataColumns = ReadonlyMap<string, readonly string[] | null>;

/** A file with a JSON list is held in memory. */
const maxJsonBytes = 64 * 1024 ** 2;
const maxHeadBytes = 65_536;

/** Sources of data in the order of the scenario, and the columns that their files begin with. */
export function resolveData(
  written: LoadScenario['data'],
  context: PlanContext,
): { readonly plans: DataPlan[]; readonly columns: DataColumns } {
  const plans: DataPlan[] = [];
  const columns = new Map<string, readonly string[] | null>();
  for (const [name, { csv, json, pick = 'sequential' }] of Object.entries(written ?? {})) {
    const path = ['data', name];
    columns.set(name, null);
    if ((csv === undefined) === (json === undefined)) {
      context.report(
        path,
        `expected either \`csv\` or \`json\`, got ${csv === undefined ? 'neither' : 'both'}`,
      );
      continue;
    }
    const file = csv ?? json ?? '';
    const at = [...path, csv === undefined ? 'json' : 'csv'];
    const bytes = sizeOfProjectFile(file, context);
    if (typeof bytes === 'string') {
      context.report(at, bytes);
      continue;
    }
    const format = csv !== undefined ? 'csv' : /\.(?:jsonl|ndjson)$/i.test(file) ? 'lines' : 'json';
    if (format === 'json' && bytes > maxJsonBytes) {
      context.report(
        at,
        'a JSON list has at most 64 MiB: write one object a line in a .jsonl file, of any size',
      );
      continue;
    }
    const found = columnReaders[format](file, context.folder);
    if (typeof found === 'string') context.report(at, found);
    else columns.set(name, found);
    plans.push({ name, file, format, bytes, pick });
  }
  return { plans, columns };
}

/** Columns of a file (null: not known), or what is wrong with it. */
const columnReaders = {
  csv: csvColumns,
  json: (file, folder) => {
    try {
      const list: unknown = JSON.parse(readFileSync(resolve(folder, file), 'utf8').replace(/^\ufeff/, ''));
      if (!Array.isArray(list) || list.length === 0)
        return `${file}: expected a list of objects, with at least one`;
      return keysOf(list[0]) ?? `${file}: expected a list of objects, such as [{"id": 1}]`;
    } catch (error) {
      return `${file}: cannot be read as JSON: ${error instanceof Error ? error.message : 'not valid'}`;
    }
  },
  lines: (file, folder) => {
    const head = beginningOf(file, folder, maxHeadBytes);
    if (head instanceof Error) return head.message;
    const line =
      head
        .toString('utf8')
        .replace(/^\ufeff/, '')
        .split('\n', 1)[0] ?? '';
    try {
      return keysOf(JSON.parse(line)) ?? `${file}:1: expected one JSON object a line`;
    } catch {
      return `${file}:1: expected one JSON object a line`;
    }
  },
} satisfies Record<DataPlan['format'], (file: string, folder: string) => readonly string[] | string>;

function csvColumns(file: string, folder: string): readonly string[] | string {
  const head = beginningOf(file, folder, maxHeadBytes);
  if (head instanceof Error) return head.message;
  const start = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  const record = { textEnd: 0, end: 0, fields: 0, lines: 0, fault: '' };
  const isComplete = scanCsv(head, start, head.length, head.length < maxHeadBytes, record);
  if (!isComplete) return `${file}:1: the row of column names is longer than ${maxHeadBytes} bytes`;
  if (record.fault !== '') return `${file}:1: ${record.fault}`;
  const names = splitCsvRecord(head.toString('utf8', start, record.textEnd));
  if (names.includes('')) return `${file}:1: expected a name for each column in the first row`;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? names : `${file}:1: the column \`${twice}\` is there twice`;
}

function keysOf(value: unknown): string[] | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : null;
}
