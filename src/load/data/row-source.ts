import type { CapturedValue } from '../flows/session.ts';

/** One row of a source of data. */
export interface Row {
  /** The value of a column; null when the row has none. */
  readonly read: (column: string) => CapturedValue | null;
  /** All columns, for code. */
  readonly values: () => Readonly<Record<string, unknown>>;
  /** For people: `users.csv row 17`. */
  readonly place: string;
}

/** Rows by number; reading one is synchronous and takes microseconds. */
export interface RowSource {
  readonly count: number;
  readonly row: (index: number) => Row;
  readonly close: () => void;
}
