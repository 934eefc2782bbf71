import type { ChangeLog } from './change-log.ts';
import { createMemoryChangeLog } from './memory-change-log.ts';
import { openSqliteChangeLog } from './sqlite-change-log.ts';
import type { SyncDatabaseOptions } from './sync-database.ts';

/** How each kind of change log is opened. */
export const changeLogs = {
  memory: createMemoryChangeLog,
  sqlite: openSqliteChangeLog,
} satisfies Record<string, (options: SyncDatabaseOptions) => ChangeLog>;

export type ChangeLogKind = keyof typeof changeLogs;
