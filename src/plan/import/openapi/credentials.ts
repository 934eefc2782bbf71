import { entriesOf, fieldOf, listOf, textOf } from '../fields.ts';
import type { Field } from '../fields.ts';
import type { SecretBox } from '../secret-box.ts';
import type { Resolve } from './resolve-ref.ts';

export interface Credentials {
  readonly headers: readonly (readonly [string, string])[];
  readonly query: readonly string[];
  readonly cookies: readonly string[];
}

/** What the first alternative of an operation's security asks for, as secrets; nothing where an empty one is allowed. */
export function credentialsOf(
  root: Field,
  operation: Field,
  resolve: Resolve,
  secrets: SecretBox,
  notes: Set<string>,
): Credentials {
  const own = fieldOf(operation, 'security');
  const alternatives = listOf(own.value === undefined ? fieldOf(root, 'security') : own);
  const [first] = alternatives;
  const headers: [string, string][] = [];
  const query: string[] = [];
  const cookies: string[] = [];
  const isOptional = alternatives.some((one) => entriesOf(one).length === 0);
  for (const [name] of first === undefined || isOptional ? [] : entriesOf(first)) {
    const scheme = resolve(fieldOf(fieldOf(fieldOf(root, 'components'), 'securitySchemes'), name));
    const kind = textOf(fieldOf(scheme, 'type'));
    const where = textOf(fieldOf(scheme, 'in'));
    const key = textOf(fieldOf(scheme, 'name'));
    if (kind === 'apiKey' && key !== null) {
      const value = secrets.refer(name);
      if (where === 'header') headers.push([key, value]);
      else if (where === 'query') query.push(`${encodeURIComponent(key.toWellFormed())}=${value}`);
      else if (where === 'cookie') cookies.push(`${key}=${value}`);
    } else if (kind === 'http' && textOf(fieldOf(scheme, 'scheme'))?.toLowerCase() === 'basic') {
      headers.push(['authorization', `Basic ${secrets.refer('basic_credentials')}`]);
    } else if (kind === 'http' || kind === 'oauth2' || kind === 'openIdConnect') {
      headers.push(['authorization', `Bearer ${secrets.refer(name)}`]);
    } else notes.add('A security scheme that cannot be sent as a header, parameter or cookie is left out.');
  }
  return { headers, query, cookies };
}
