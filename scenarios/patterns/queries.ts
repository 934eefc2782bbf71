import type { PatternQuery } from 'perfkit/store';
import { domains, types } from './make-patterns.ts';
import { createPatternDatabase } from './pattern-database.ts';
import { flagOption } from './scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from './scenario-context.ts';

const distinct = 1_024;
const firstCreatedMs = 1_700_000_000_000;

/**
 * Queries of the pattern store over `workload.keys` patterns on disk. Option: indexes (default true). Operations: the
 * documented one (of a type, from a confidence, the most used first), and others of an application: the latest of a
 * time, of a domain, the trusted, the never used.
 */
export async function createQueries(
  options: Readonly<Record<string, unknown>>,
  { workload, random }: ScenarioContext,
): Promise<ScenarioSubject> {
  const indexes = flagOption(options, 'indexes', true);
  const database = await createPatternDatabase(workload.keys, workload.valueBytes, { indexes });
  const { store } = database;
  const queriesOf = (make: () => PatternQuery): ((index: number) => Promise<unknown>) => {
    const queries = Array.from({ length: distinct }, make);
    return (index) => store.query(queries[index & (distinct - 1)] ?? {});
  };
  const type = (): string => types[random.int(types.length)] ?? '';
  const domain = (): string => domains[random.int(domains.length)] ?? '';
  const confidence = (): number => Math.round(random.next() * 80) / 100;
  return {
    operations: {
      documented: queriesOf(() => ({ type: type(), minConfidence: confidence(), limit: 50 })),
      recent: queriesOf(() => {
        const createdFromMs = firstCreatedMs + random.int(25_000_000) * 1_000;
        return { createdFromMs, createdBeforeMs: createdFromMs + 86_400_000, orderBy: 'created', limit: 50 };
      }),
      ofDomain: queriesOf(() => ({ domain: domain(), type: type(), minConfidence: confidence(), limit: 50 })),
      trusted: queriesOf(() => ({
        minConfidence: 0.8,
        orderBy: 'usage',
        limit: 50,
        offset: random.int(100),
      })),
      unused: queriesOf(() => ({ type: type(), unused: true, orderBy: 'created', limit: 50 })),
    },
    mix: { documented: 1 },
    close: database.close,
  };
}
