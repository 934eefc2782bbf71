import { join } from 'node:path';
import { openSqliteStore } from 'perfkit/store';
import type { Durability } from 'perfkit/store';
import { makePatterns } from './make-patterns.ts';
import { choiceOption } from './scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from './scenario-context.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

const journals = ['wal', 'rollback'] as const;
const durabilities: readonly Durability[] = ['process', 'power'];
const distinct = 4_096;

/**
 * New patterns, each in a transaction of its own. Options: journal (wal, rollback), durability (process is synchronous =
 * NORMAL, power is FULL). The table has its primary key and no other index: it is the commit that is measured.
 */
export async function createDurableWrites(
  options: Readonly<Record<string, unknown>>,
  { workload, random }: ScenarioContext,
): Promise<ScenarioSubject> {
  const folder = createTemporaryFolder();
  const store = await openSqliteStore({
    path: join(folder.path, 'patterns.db'),
    journal: choiceOption(options, 'journal', journals),
    durability: choiceOption(options, 'durability', durabilities),
    indexes: false,
  });
  const patterns = [...makePatterns(distinct, workload.valueBytes, random)];
  const [first] = patterns;
  if (first === undefined) throw new Error('Expected patterns, got none');
  return {
    operations: {
      put: (index) => store.put({ ...(patterns[index % distinct] ?? first), id: `pattern:${index}` }),
    },
    close: async () => {
      await store.close();
      folder.remove();
    },
  };
}
