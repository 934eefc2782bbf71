import { writeFileSync } from 'node:fs';
import { resultJsonSchema } from './result-schema.ts';

/** Writes the published JSON Schema of results; a test asserts that the committed file is current. */
writeFileSync(
  new URL('../../schema/result-v1.json', import.meta.url),
  `${JSON.stringify(resultJsonSchema(), null, 2)}\n`,
);
