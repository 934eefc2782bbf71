import { PerfkitError } from '../../model/errors.ts';
import { scanCsv, splitCsvRecord } from '../../model/csv.ts';
import { RecordFile } from './record-file.ts';
import type { RowSource } from './row-source.ts';

/** The rows of a CSV file (RFC 4180, UTF-8), whose first record names the columns. Throws PerfkitError with file and line. */
export function openCsvRows(path: string, name: string): RowSource {
  let columns = 0;
  const file = new RecordFile(path, name, scanCsv, (fields, index) => {
    if (index === 0) columns = fields;
    if (fields === columns) return '';
    return `expected ${columns} fields as in the first row, got ${fields}`;
  });
  if (file.count < 2) {
    file.close();
    throw new PerfkitError('scenario', `${name}: expected a row of column names and at least one row below`);
  }
  const names = splitCsvRecord(file.text(0));
  return {
    count: file.count - 1,
    row(index) {
      const fields = splitCsvRecord(file.text(index + 1));
      return {
        place: `${name} row ${index + 1}`,
        values: () => Object.fromEntries(names.map((column, nth) => [column, fields[nth] ?? ''])),
        read(column) {
          const text = fields[names.indexOf(column)];
          return text === undefined ? null : { text, json: null };
        },
      };
    },
    close: () => file.close(),
  };
}
