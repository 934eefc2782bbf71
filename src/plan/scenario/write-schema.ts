import { mkdirSync, writeFileSync } from 'node:fs';
import { scenarioJsonSchema } from './json-schema.ts';

/** `npm run schema`: write the published JSON Schema of the scenario format. */
const folder = new URL('../../../schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('scenario-v1.json', folder), scenarioJsonSchema());
