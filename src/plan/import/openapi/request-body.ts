import { entriesOf, fieldOf, isMap } from '../fields.ts';
import { exampleValue, givenExample } from './example-value.ts';
import type { Field } from '../fields.ts';
import type { Resolve } from './resolve-ref.ts';

/** The body of an operation in the first media type that can be written: JSON, a form, text. Null when there is none. */
export function requestBody(
  reference: Field,
  resolve: Resolve,
  notes: Set<string>,
): { readonly type: string; readonly text: string } | null {
  const types = entriesOf(fieldOf(resolve(reference), 'content'));
  if (types.length === 0) return null;
  for (const { matches, write } of writers) {
    const found = types.find(([type]) => matches.test(type));
    if (found === undefined) continue;
    const [type, media] = found;
    const value = givenExample(media, resolve) ?? exampleValue(fieldOf(media, 'schema'), resolve);
    return { type: type.includes('*') ? 'application/json' : type, text: write(value) };
  }
  notes.add(
    'Bodies that are neither JSON nor a form nor text are left out: those requests are sent without one.',
  );
  return null;
}

const writers: readonly { readonly matches: RegExp; readonly write: (value: unknown) => string }[] = [
  { matches: /^(?:application\/json\b|[\w.-]+\/[\w.-]+\+json\b|\*\/\*|application\/\*)/i, write: jsonText },
  { matches: /^application\/x-www-form-urlencoded\b/i, write: formText },
  { matches: /^text\//i, write: (value) => (typeof value === 'string' ? value : jsonText(value)) },
];

function jsonText(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

function formText(value: unknown): string {
  const pairs = Object.entries(isMap(value) ? value : {}).map(([name, one]): [string, string] => [
    name,
    typeof one === 'string' ? one : jsonText(one),
  ]);
  return new URLSearchParams(pairs).toString();
}
