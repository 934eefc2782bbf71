import { createBatcher } from 'perfkit/batcher';
import type { PatternUpdate } from 'perfkit/store';
import { patternId } from './make-patterns.ts';
import { createPatternDatabase } from './pattern-database.ts';
import { choiceOption, flagOption } from './scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from './scenario-context.ts';

const batchRows = 1_000;
const journals = ['wal', 'rollback'] as const;

/**
 * Updates of patterns, each acknowledged when the disk has it (durability 'power'). Options: journal (wal, rollback) and
 * batch, in transactions of
 * 1,000 put together by a batcher, in which the last of several updates of a pattern
 * counts; else one transaction each. All indexes are kept up in both.
 */
export async function createBatchedUpdates(
  options: Readonly<Record<string, unknown>>,
  { workload, keySequence }: ScenarioContext,
): Promise<ScenarioSubject> {
  const database = await createPatternDatabase(workload.keys, workload.valueBytes, {
    durability: 'power',
    journal: choiceOption(options, 'journal', journals, 'rollback'),
    transactionRows: batchRows,
    // A transaction for each batch, whatever the disk.
    loopBudgetMs: 10_000,
  });
  const { store } = database;
  const sequence = keySequence();
  const mask = sequence.length - 1;
  const updateOf = (index: number): PatternUpdate => ({
    id: patternId(sequence[index & mask] ?? 0),
    changes: { usageCount: index % 1_000, lastUsedAtMs: 1_750_000_000_000 + index },
  });
  if (!flagOption(options, 'batch', true)) {
    const update = (index: number): Promise<boolean> => {
      const { id, changes } = updateOf(index);
      return store.update(id, changes);
    };
    return { operations: { update }, close: database.close };
  }
  const batcher = createBatcher<PatternUpdate, true>({
    maxBatchSize: batchRows,
    handler: async (updates) => {
      await store.updateMany(latestOf(updates));
      return updates.map(() => true);
    },
  });
  return {
    operations: { update: (index) => batcher.add(updateOf(index)) },
    metrics: () => ({ batch_items: batcher.stats().meanBatchSize }),
    close: async () => {
      await batcher.close();
      await database.close();
    },
  };
}

/** Several updates of one pattern become one, as the last says; in the order of the table, so that pages are met once. */
function latestOf(updates: readonly PatternUpdate[]): PatternUpdate[] {
  const latest = new Map(updates.map((update) => [update.id, update]));
  return [...latest.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
