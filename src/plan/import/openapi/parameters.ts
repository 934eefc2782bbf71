import { fieldOf, listOf, textOf } from '../fields.ts';
import { exampleValue, givenExample } from './example-value.ts';
import type { Field } from '../fields.ts';
import type { Resolve } from './resolve-ref.ts';

export interface Parameters {
  /** By name, percent-encoded. */
  readonly path: ReadonlyMap<string, string>;
  /** `name=value`, percent-encoded. */
  readonly query: readonly string[];
  readonly headers: readonly (readonly [string, string])[];
  /** `name=value` */
  readonly cookies: readonly string[];
}

/** Described elsewhere (OpenAPI 3.1, "Parameter Object"). */
const ignoredHeaders: ReadonlySet<string> = new Set(['accept', 'authorization', 'content-type']);

/** Values for the parameters of a path and its operation, which wins. Optional ones only when they have an example or default. */
export function readParameters(lists: readonly Field[], resolve: Resolve): Parameters {
  const byPlace = new Map<string, { name: string; where: string; field: Field }>();
  for (const reference of lists.flatMap(listOf)) {
    const field = resolve(reference);
    const name = textOf(fieldOf(field, 'name'));
    const where = textOf(fieldOf(field, 'in'));
    if (name !== null && where !== null) byPlace.set(`${where} ${name}`, { name, where, field });
  }
  const path = new Map<string, string>();
  const query: string[] = [];
  const headers: [string, string][] = [];
  const cookies: string[] = [];
  for (const { name, where, field } of byPlace.values()) {
    const isRequired = where === 'path' || fieldOf(field, 'required').value === true;
    const value = parameterValue(field, resolve, isRequired);
    if (value === undefined) continue;
    if (where === 'path') path.set(name, encoded(plainText(value)) || '1');
    else if (where === 'query') query.push(...queryPairs(name, value, field));
    else if (where === 'header' && !ignoredHeaders.has(name.toLowerCase()))
      headers.push([name, plainText(value)]);
    else if (where === 'cookie') cookies.push(`${name}=${encoded(plainText(value))}`);
  }
  return { path, query, headers, cookies };
}

function parameterValue(field: Field, resolve: Resolve, isRequired: boolean): unknown {
  const schema = resolve(fieldOf(field, 'schema'));
  const given =
    givenExample(field, resolve) ?? givenExample(schema, resolve) ?? fieldOf(schema, 'default').value;
  if (given !== undefined) return given;
  return isRequired ? exampleValue(schema, resolve) : undefined;
}

/** Style `form`: a list is repeated, or joined by commas when it does not explode. */
function queryPairs(name: string, value: unknown, field: Field): string[] {
  const explodes = fieldOf(field, 'explode').value !== false;
  const values = Array.isArray(value) && explodes ? value.slice(0, 100) : [value];
  return values.map((one) => `${encoded(name)}=${encoded(plainText(one))}`);
}

/** As in style `simple`: lists joined by commas; objects as JSON. */
function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.slice(0, 100).map(plainText).join(',');
  return JSON.stringify(value) ?? '';
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
