import { fieldOf, entriesOf, listOf, textOf } from '../fields.ts';
import type { Field } from '../fields.ts';
import type { Resolve } from './resolve-ref.ts';

const maxDepth = 10;
/** Values of one body: a schema whose parts refer to each other grows without end. */
const maxValues = 500;

/** The `example`, or the first of the `examples`, of a parameter, media type or schema; undefined when there is none. */
export function givenExample(field: Field, resolve: Resolve): unknown {
  const { value } = fieldOf(field, 'example');
  if (value !== undefined) return value;
  const examples = fieldOf(field, 'examples');
  if (Array.isArray(examples.value)) return examples.value[0];
  const [first] = entriesOf(examples);
  return first === undefined ? undefined : fieldOf(resolve(first[1]), 'value').value;
}

/** A value that a schema allows: its example, default or first choice, else the least, with required properties only. */
export function exampleValue(schema: Field, resolve: Resolve): unknown {
  return valueOf(schema, resolve, 0, { left: maxValues });
}

function valueOf(reference: Field, resolve: Resolve, depth: number, budget: { left: number }): unknown {
  const schema = resolve(reference);
  const given = givenExample(schema, resolve);
  if (given !== undefined) return given;
  for (const key of ['default', 'const']) {
    const { value } = fieldOf(schema, key);
    if (value !== undefined) return value;
  }
  const choices = fieldOf(schema, 'enum').value;
  if (Array.isArray(choices) && choices.length > 0) return choices[0];
  if (depth >= maxDepth || budget.left-- <= 0) return null;
  for (const key of ['oneOf', 'anyOf']) {
    const [first] = listOf(fieldOf(schema, key));
    if (first !== undefined) return valueOf(first, resolve, depth + 1, budget);
  }
  const parts = listOf(fieldOf(schema, 'allOf'));
  if (parts.length > 0) return mergedValue([...parts, withoutParts(schema)], resolve, depth, budget);
  return makers[typeOf(schema)]?.(schema, resolve, depth, budget) ?? null;
}

type Maker = (schema: Field, resolve: Resolve, depth: number, budget: { left: number }) => unknown;

const makers: Readonly<Record<string, Maker>> = {
  object: (schema, resolve, depth, budget) => {
    const required = listOf(fieldOf(schema, 'required')).flatMap((field) => textOf(field) ?? []);
    const properties = fieldOf(schema, 'properties');
    const entries = [...new Set(required)]
      .slice(0, 200)
      .map((name) => [name, valueOf(fieldOf(properties, name), resolve, depth + 1, budget)]);
    return Object.fromEntries(entries);
  },
  array: (schema, resolve, depth, budget) => {
    const least = numberAt(schema, 'minItems') ?? 0;
    return least > 0 ? [valueOf(fieldOf(schema, 'items'), resolve, depth + 1, budget)] : [];
  },
  string: (schema) => {
    const known = formats.get(textOf(fieldOf(schema, 'format')) ?? '') ?? 'example';
    const least = Math.min(numberAt(schema, 'minLength') ?? 0, 1_000);
    const most = Math.max(numberAt(schema, 'maxLength') ?? Infinity, 0);
    return known.padEnd(least, 'x').slice(0, most);
  },
  integer: (schema) => Math.ceil(numberAt(schema, 'minimum') ?? 1),
  number: (schema) => numberAt(schema, 'minimum') ?? 1,
  boolean: () => true,
};

/** A map: a description may name any format, `valueOf` too. */
const formats: ReadonlyMap<string, string> = new Map([
  ['date', '2026-01-01'],
  ['date-time', '2026-01-01T00:00:00Z'],
  ['email', 'user@example.com'],
  ['hostname', 'example.com'],
  ['ipv4', '192.0.2.1'],
  ['ipv6', '2001:db8::1'],
  ['time', '12:00:00Z'],
  ['uri', 'https://example.com/'],
  ['url', 'https://example.com/'],
  ['uuid', '00000000-0000-4000-8000-000000000000'],
]);

/** OpenAPI 3.1 has lists of types; a schema with properties is an object although it may not say so. */
function typeOf(schema: Field): string {
  const type = fieldOf(schema, 'type');
  const named =
    textOf(type) ??
    listOf(type)
      .flatMap((one) => textOf(one) ?? [])
      .find((one) => one !== 'null');
  if (named !== undefined && Object.hasOwn(makers, named)) return named;
  if (fieldOf(schema, 'properties').value !== undefined) return 'object';
  return fieldOf(schema, 'items').value === undefined ? '' : 'array';
}

/** `allOf`: objects are laid over each other, of anything else the first that has a value counts. */
function mergedValue(
  parts: readonly Field[],
  resolve: Resolve,
  depth: number,
  budget: { left: number },
): unknown {
  const values = parts.slice(0, 50).map((part) => valueOf(part, resolve, depth + 1, budget));
  const maps = values.filter((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
  return maps.length > 0
    ? Object.fromEntries(maps.flatMap((map) => Object.entries(map ?? {})))
    : (values.find((value) => value !== null) ?? null);
}

function withoutParts({ value, place }: Field): Field {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return { value: Object.fromEntries(entries.filter(([key]) => key !== 'allOf')), place };
}

function numberAt(schema: Field, key: string): number | null {
  const { value } = fieldOf(schema, key);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
