import { writeFileSync } from 'node:fs';
import { capacityJsonSchema } from './capacity/capacity-schema.ts';
import { resultJsonSchema } from './result-schema.ts';

/** Writes the published JSON Schemas of results; tests assert that the committed files are current. */
writeFileSync(
  new URL('../../schema/result-v1.json', import.meta.url),
  `${JSON.stringify(resultJsonSchema(), null, 2)}\n`,
);

writeFileSync(
  new URL('../../schema/capacity-v1.json', import.meta.url),
  `${JSON.stringify(capacityJsonSchema(), null, 2)}\n`,
);
