import { z } from 'zod';
import { scenarioSchema } from './schema.ts';

/** The published JSON Schema (draft 7, which editors' YAML servers know best) of a scenario file, as text. */
export function scenarioJsonSchema(): string {
  const schema = z.toJSONSchema(scenarioSchema, { target: 'draft-7', io: 'input' });
  const { $schema, ...rest } = schema;
  const described = {
    $schema,
    title: 'perfkit scenario, version 1',
    ...withVariables(rest),
    definitions: { variable },
  };
  return `${JSON.stringify(described, null, 2)}\n`;
}

/** In the file a value may still be `${env:NAME}`; it is checked once the variable is put in. */
const variable = { type: 'string', pattern: '\\$\\{env:' };
const reference = { $ref: '#/definitions/variable' };

function withVariables(schema: object): object {
  const entries = Object.entries(schema).map(
    ([key, value]: [string, unknown]) => [key, rewrite(value)] as const,
  );
  const walked: Record<string, unknown> = Object.fromEntries(entries);
  if ('const' in walked && walked['type'] === 'string') return walked;
  if (
    !(
      'pattern' in walked ||
      'enum' in walked ||
      ['integer', 'number', 'boolean'].includes(String(walked['type']))
    )
  )
    return walked;
  if ('propertyNames' in walked) return walked;
  const { description, ...own } = walked;
  return description === undefined ? { anyOf: [own, reference] } : { description, anyOf: [own, reference] };
}

function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite);
  if (typeof value !== 'object' || value === null) return value;
  return 'type' in value && typeof value.type === 'string'
    ? withVariables(value)
    : Object.fromEntries(
        Object.entries(value).map(([key, item]: [string, unknown]) => [
          key,
          key === 'propertyNames' ? item : rewrite(item),
        ]),
      );
}
