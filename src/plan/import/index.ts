import { importCurl } from './curl/curl.ts';
import { importHar } from './har/har.ts';
import { importOpenApi } from './openapi/openapi.ts';
import type { Importer } from './importer.ts';

/** What a load scenario can be made from, by the name that `--from` takes. */
export const importers = { har: importHar, openapi: importOpenApi, curl: importCurl } satisfies Record<
  string,
  Importer
>;

export type ImportFormat = keyof typeof importers;
