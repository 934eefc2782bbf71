import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { builtInScenarios } from './find-scenarios.ts';

const provenSchema = z
  .array(
    z.strictObject({
      id: z.string().regex(/^[A-Z]\d{2}$/),
      /** The document and what it promises, as a target's. */
      source: z.string().regex(/^[a-z]+: /),
      /** Files below the repository's root. */
      tests: z.array(z.string().regex(/^test\/.*\.test\.ts$/)).min(1),
    }),
  )
  .readonly();

/** A row of a document that is a rule rather than a figure: tests prove it, no run measures it. */
export type ProvenRow = z.infer<typeof provenSchema>[number];

/** The rules that come with perfkit's scenarios, in `proven.yaml` beside them. */
export async function readProven(): Promise<readonly ProvenRow[]> {
  return provenSchema.parse(parse(await readFile(join(builtInScenarios, 'proven.yaml'), 'utf8')));
}
