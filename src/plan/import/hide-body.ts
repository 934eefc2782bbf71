import { isSecretName, isSecretNumber } from './secret-names.ts';
import type { SecretBox } from './secret-box.ts';

const maxDepth = 48;

/**
 * A request body with placeholders where fields hold secrets: JSON, forms, multipart and XML by the name of the field.
 * Text of another kind comes back as it is. Null when it is nested too deep to be written.
 */
export function hideBody(body: string, contentType: string, secrets: SecretBox): string | null {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  // Whatever the header says: curl calls everything a form.
  const json = parsed(body);
  if (json !== undefined) {
    if (depthOf(json, 0) > maxDepth) return null;
    const hidden = hideLeaves(json, null, secrets);
    return hidden === json ? body : JSON.stringify(hidden);
  }
  const hidden = hideElements(hideParts(body, secrets), secrets);
  return type === 'application/x-www-form-urlencoded' || isForm.test(hidden)
    ? hidePairs(hidden, secrets)
    : hidden;
}

const isForm = /^[\w.~*%+[\]-]+=[^\s<>"]*$/;

/** `a=1&token=x` of a form or a query; names may be percent-encoded. */
export function hidePairs(text: string, secrets: SecretBox, isSecret = isSecretName): string {
  return text
    .split('&')
    .map((pair) => {
      const [name = '', ...rest] = pair.split('=');
      const value = rest.join('=');
      if (value === '' || !isSecret(decoded(name))) return pair;
      return `${name}=${secrets.hold(decoded(name), decoded(value))}`;
    })
    .join('&');
}

function hideParts(text: string, secrets: SecretBox): string {
  const part = /(name="([^"\r\n]{1,200})"[^\r\n]*(?:\r?\n[^\r\n]+){0,5}\r?\n\r?\n)([^\r\n]*)/g;
  return text.replace(part, (whole, head: string, name: string, value: string) =>
    isSecretName(name) ? `${head}${secrets.hold(name, value)}` : whole,
  );
}

/** XML, and JSON that is not quite: `<password>x</password>`, `"password": "x"`. */
function hideElements(text: string, secrets: SecretBox): string {
  return text
    .replace(
      /(<(?:\w+:)?([\w.-]{1,100})(?:\s[^<>]*)?>)([^<>]+)(?=<\/)/g,
      (whole, tag: string, name: string, value: string) =>
        isSecretName(name) ? `${tag}${secrets.hold(name, value)}` : whole,
    )
    .replace(
      /("([^"\\\n]{1,100})"\s*:\s*")((?:[^"\\]|\\.){1,10000})(?=")/g,
      (whole, head: string, name: string, value: string) =>
        isSecretName(name) ? `${head}${secrets.hold(name, value)}` : whole,
    );
}

function parsed(text: string): unknown {
  if (!/^\s*[{["]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function depthOf(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return depth;
  return Object.values(value).reduce(
    (deepest: number, inner) => Math.max(deepest, depthOf(inner, depth + 1)),
    depth,
  );
}

/** The value itself where nothing in it is secret. `owner`: the nearest key whose name is. */
function hideLeaves(value: unknown, owner: string | null, secrets: SecretBox): unknown {
  if (typeof value === 'string') return owner === null ? value : secrets.hold(owner, value);
  if (typeof value === 'number')
    return owner === null || !isSecretNumber(owner) ? value : secrets.hold(owner, String(value));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    const name = !Array.isArray(value) && isSecretName(key) ? key : owner;
    return [key, hideLeaves(inner, name, secrets)];
  });
  if (entries.every(([key, inner]) => inner === Reflect.get(value, key))) return value;
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
