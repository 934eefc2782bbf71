import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { positiveInteger, wholeNumber } from '../internal/option-checks.ts';

export type SqliteRow = Record<string, SQLOutputValue>;
export type SqliteParameters = readonly SQLInputValue[];

export interface SqliteOptions {
  readonly path: string;
  /** @default true */
  readonly readOnly?: boolean;
  /** How long a statement waits for another connection's lock. @default 5000 */
  readonly busyTimeoutMs?: number;
  /** Run when the connection is opened, such as "mmap_size = 268435456". @default none */
  readonly pragmas?: readonly string[];
  /** Prepared statements to keep. @default 64 */
  readonly maxStatements?: number;
}

/** A connection to an SQLite database that keeps the statements it used last prepared: preparing costs more than many a query. */
export interface SqliteConnection {
  readonly database: DatabaseSync;
  /** Every row. Throws what SQLite reports. */
  all(sql: string, parameters?: SqliteParameters): SqliteRow[];
  /** The first row, or undefined. */
  get(sql: string, parameters?: SqliteParameters): SqliteRow | undefined;
  run(sql: string, parameters?: SqliteParameters): { readonly changes: number };
  /** Whether it answers. */
  check(): boolean;
  close(): void;
}

/** Open a connection. Needs Node's `node:sqlite` (22.5), which is loaded only here. */
export async function openSqliteConnection(options: SqliteOptions): Promise<SqliteConnection> {
  const maxStatements = positiveInteger('maxStatements', options.maxStatements ?? 64);
  const busyTimeoutMs = wholeNumber('busyTimeoutMs', options.busyTimeoutMs ?? 5_000);
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(options.path, { readOnly: options.readOnly ?? true });
  try {
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    for (const pragma of options.pragmas ?? []) database.exec(`PRAGMA ${pragma}`);
  } catch (error) {
    database.close();
    throw error;
  }
  // In order of use, the latest last.
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.delete(sql);
    statements.set(sql, statement);
    if (statements.size > maxStatements) {
      for (const [oldest] of statements) {
        statements.delete(oldest);
        break;
      }
    }
    return statement;
  };
  return {
    database,
    all: (sql, parameters = []) => prepare(sql).all(...parameters),
    get: (sql, parameters = []) => prepare(sql).get(...parameters),
    run: (sql, parameters = []) => ({ changes: Number(prepare(sql).run(...parameters).changes) }),
    check: () => prepare('SELECT 1 AS one').get()?.one === 1,
    close: () => {
      statements.clear();
      if (database.isOpen) database.close();
    },
  };
}
