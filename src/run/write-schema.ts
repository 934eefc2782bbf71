import { writeFileSync } from 'node:fs';
import { capacitiesJsonSchema } from './capacity/capacities-schema.ts';
import { capacityJsonSchema } from './capacity/capacity-schema.ts';
import { comparisonJsonSchema } from '../judge/compare/comparison-schema.ts';
import { historyJsonSchema } from './history/history-schema.ts';
import { pairedJsonSchema } from './paired/paired-schema.ts';
import { resultJsonSchema } from './result-schema.ts';

/** Writes the published JSON Schemas of results; tests assert that the committed files are current. */
const schemas = {
  'result-v1': resultJsonSchema,
  'capacity-v1': capacityJsonSchema,
  'capacities-v1': capacitiesJsonSchema,
  'comparison-v1': comparisonJsonSchema,
  'history-v1': historyJsonSchema,
  'paired-v1': pairedJsonSchema,
} satisfies Record<string, () => unknown>;

for (const [name, schema] of Object.entries(schemas))
  writeFileSync(
    new URL(`../../schema/${name}.json`, import.meta.url),
    `${JSON.stringify(schema(), null, 2)}\n`,
  );
