import { createSqliteReaderPool } from 'perfkit/pool';
import { types } from './make-patterns.ts';
import { createPatternDatabase } from './pattern-database.ts';
import { numberOption } from './scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from './scenario-context.ts';

const sql =
  'SELECT id, confidence, usage_count FROM patterns WHERE type = ? AND +confidence >= ? ' +
  'ORDER BY usage_count DESC LIMIT 50 OFFSET ?';

/**
 * Queries through a pool of SQLite connections, each in a thread of its own. Option: readers. An operation is acquire,
 * query and release; `wait_p99` is the part of it that waits for a connection.
 */
export async function createReaderPool(
  options: Readonly<Record<string, unknown>>,
  { workload }: ScenarioContext,
): Promise<ScenarioSubject> {
  const readers = numberOption(options, 'readers', 5);
  const database = await createPatternDatabase(workload.keys, workload.valueBytes);
  const pool = createSqliteReaderPool({
    path: database.path,
    readers,
    pragmas: [`mmap_size = ${256 * 1024 ** 2}`, 'cache_size = -65536'],
  });
  // Every thread is there before anything is measured.
  await Promise.all(Array.from({ length: 2 * readers }, () => pool.get('SELECT 1 AS one')));
  return {
    operations: {
      query: (index) =>
        pool.all(sql, [types[index % types.length] ?? '', (index % 80) / 100, (index * 37) % 4_000]),
    },
    metrics: () => ({ wait_p99: pool.stats().wait.p99Ms * 1e6 }),
    close: async () => {
      await pool.close();
      await database.close();
    },
  };
}
