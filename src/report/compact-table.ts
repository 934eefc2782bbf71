import Table from 'cli-table3';
import type { ChalkInstance } from 'chalk';

export interface CompactTable {
  readonly titles: readonly string[];
  /** How many of the first columns, and of the last, are words; those between are numbers and stand at the right. */
  readonly words: readonly [first: number, last: number];
  readonly rows: readonly (readonly string[])[];
}

/** A table with a rule between head and body only: rows are close together and can be copied. Empty without rows. */
export function compactTable(
  { titles, words: [first, last], rows }: CompactTable,
  chalk: ChalkInstance,
): string {
  if (rows.length === 0) return '';
  const table = new Table({
    head: titles.map((title) => chalk.dim(title)),
    colAligns: titles.map((_, column) =>
      column < first || column >= titles.length - last ? 'left' : 'right',
    ),
    style: { head: [], border: [], compact: true },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: ' ',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: ' ',
    },
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}
