import { openSqliteConnection } from './sqlite-connection.ts';
import type { SqliteConnection, SqliteOptions, SqliteParameters, SqliteRow } from './sqlite-connection.ts';

// The task functions of a reader pool's threads: one connection for each thread, opened with its first query.

interface Query {
  readonly sql: string;
  readonly parameters: SqliteParameters;
}

interface Context {
  readonly data: SqliteOptions;
}

let connection: Promise<SqliteConnection> | null = null;

export async function all({ sql, parameters }: Query, { data }: Context): Promise<readonly SqliteRow[]> {
  return (await connect(data)).all(sql, parameters);
}

/** The first row, if there is one. */
export async function get({ sql, parameters }: Query, { data }: Context): Promise<readonly SqliteRow[]> {
  const row = (await connect(data)).get(sql, parameters);
  return row === undefined ? [] : [row];
}

function connect(options: SqliteOptions): Promise<SqliteConnection> {
  connection ??= openSqliteConnection(options).catch((error: unknown) => {
    // The file may be there the next time.
    connection = null;
    throw error;
  });
  return connection;
}
