import { PerfkitError } from '../../model/errors.ts';
import { describeValue } from '../problems/printable.ts';

/** A JSON value and where it stands, for messages: `site.har: $.log.entries[3]`. */
export interface Field {
  readonly value: unknown;
  readonly place: string;
}

export type JsonMap = Readonly<Record<string, unknown>>;

/** A value of a map or list; `undefined` where there is none. Only own keys count. */
export function fieldOf({ value, place }: Field, key: string | number): Field {
  const own = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  const found: unknown = own ? Reflect.get(value, key) : undefined;
  return { value: found, place: typeof key === 'number' ? `${place}[${key}]` : `${place}.${shortKey(key)}` };
}

/** Throws PerfkitError when it is none. */
export function expectMap(field: Field): JsonMap {
  if (isMap(field.value)) return field.value;
  throw unexpected('a map', field);
}

/** Every item with its place. Throws PerfkitError when it is no list. */
export function expectList(field: Field): Field[] {
  if (!Array.isArray(field.value)) throw unexpected('a list', field);
  return field.value.map((_, index) => fieldOf(field, index));
}

/** Throws PerfkitError when it is no text. */
export function expectText(field: Field): string {
  if (typeof field.value === 'string') return field.value;
  throw unexpected('a text', field);
}

export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text, or null when it is none. */
export function textOf(field: Field): string | null {
  return typeof field.value === 'string' ? field.value : null;
}

/** The items, none when it is no list. */
export function listOf(field: Field): Field[] {
  return Array.isArray(field.value) ? expectList(field) : [];
}

/** The map's own entries, none when it is no map. */
export function entriesOf(field: Field): (readonly [string, Field])[] {
  return isMap(field.value) ? Object.keys(field.value).map((key) => [key, fieldOf(field, key)] as const) : [];
}

function unexpected(what: string, { value, place }: Field): PerfkitError {
  const came = typeof value === 'string' ? 'a text' : describeValue(value);
  return new PerfkitError('scenario', `${place}: expected ${what}, got ${came}`);
}

function shortKey(key: string): string {
  return /^[\w$-]{1,60}$/.test(key) ? key : JSON.stringify(key.slice(0, 60));
}
