import { z } from 'zod';
import { bench } from './bench-schema.ts';
import { load } from './load-schema.ts';

/**
 * The scenario format, version 1: the types, the validation and the published JSON Schema come from here. It accepts
 * only what a Plan can carry out. Checks within one value stand here; those between values (a target's phase, a
 * module's path) in resolve-*.ts.
 */
/** Schemas by `kind`. */
export const scenarioSchemas = { bench, load } as const;

/** What the JSON Schema is made from. */
export const scenarioSchema = z.discriminatedUnion('kind', [bench, load]);

export type BenchScenario = z.input<typeof bench>;
export type LoadScenario = z.input<typeof load>;
export type Scenario = BenchScenario | LoadScenario;
