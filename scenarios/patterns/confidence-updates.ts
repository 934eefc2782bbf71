import { createConfidenceUpdater } from 'perfkit/batcher';
import { TunedDatabase } from 'perfkit/store';
import { patternId } from './make-patterns.ts';
import { createPatternDatabase } from './pattern-database.ts';
import { choiceOption, flagOption } from './scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from './scenario-context.ts';

const updateSql = 'UPDATE patterns SET confidence = ? * confidence + ? WHERE id = ?';
const batchOutcomes = 500;
const journals = ['wal', 'rollback'] as const;

/**
 * Bayesian confidence updates, each acknowledged when the disk has it. Options: journal (wal, rollback) and batch, 500 outcomes grouped by pattern in
 * one transaction; else a transaction for each outcome. Learning rate 0.1, decay 0.95.
 */
export async function createConfidenceUpdates(
  options: Readonly<Record<string, unknown>>,
  { workload, keySequence }: ScenarioContext,
): Promise<ScenarioSubject> {
  const journal = choiceOption(options, 'journal', journals, 'rollback');
  const data = await createPatternDatabase(workload.keys, workload.valueBytes, { journal });
  const database = new TunedDatabase({ path: data.path, journal, durability: 'power' });
  const updater = createConfidenceUpdater<string>({
    learningRate: 0.1,
    decay: 0.95,
    maxBatchSize: flagOption(options, 'batch', true) ? batchOutcomes : 1,
    apply: (updates) =>
      database.transaction(() => {
        // In the order of the table, so that its pages are met once.
        const sorted = updates.toSorted((a, b) => (a.key < b.key ? -1 : 1));
        for (const { key, scale, offset } of sorted) database.run(updateSql, scale, offset, key);
      }),
  });
  const sequence = keySequence();
  const mask = sequence.length - 1;
  return {
    operations: {
      update: (index) => updater.update(patternId(sequence[index & mask] ?? 0), index % 3 !== 0),
    },
    metrics: () => ({ batch_items: updater.stats().meanBatchSize }),
    close: async () => {
      await updater.close();
      database.close();
      await data.close();
    },
  };
}
