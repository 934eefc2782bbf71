import { fieldOf, textOf } from '../fields.ts';
import type { Field } from '../fields.ts';

/** What a `$ref` leads to; the field itself where it is none. */
export type Resolve = (field: Field) => Field;

const maxHops = 20;

/** References inside the document (RFC 6901). Others, and ones that go round, lead to nothing, and a note says so. */
export function createResolver(root: Field, notes: Set<string>): Resolve {
  return (start) => {
    let field = start;
    for (let hop = 0; hop < maxHops; hop++) {
      const reference = textOf(fieldOf(field, '$ref'));
      if (reference === null) return field;
      if (!reference.startsWith('#/')) {
        notes.add('References to other files are not followed: what they describe is missing.');
        return { value: undefined, place: field.place };
      }
      field = follow(root, reference);
    }
    notes.add('A reference leads to itself: what it describes is missing.');
    return { value: undefined, place: start.place };
  };
}

function follow(root: Field, reference: string): Field {
  return reference
    .slice(2)
    .split('/')
    .slice(0, 64)
    .map((part) => decoded(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((field, part) => fieldOf(field, Array.isArray(field.value) ? Number(part) : part), root);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
