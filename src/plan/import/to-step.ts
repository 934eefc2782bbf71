import { hideBody, hidePairs } from './hide-body.ts';
import { hideHeaders } from './hide-headers.ts';
import { isSecretName } from './secret-names.ts';
import type { ImportedRequest } from './importer.ts';
import type { SecretBox } from './secret-box.ts';

/** A step as it is written: texts hold `${secret:NAME}`, and no other `${`. */
export interface ImportedStep {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: { readonly kind: 'text' | 'json'; readonly text: string } | null;
  readonly status: readonly number[];
  readonly comment: string | null;
}

const methods = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options']);
const maxPathChars = 16_000;
const maxBodyChars = 256_000;
/** Keys that a scenario does not take. */
const forbiddenKey = /"(?:__proto__|constructor|prototype)":/;

/** A request as a step of a scenario, or why it cannot be one. */
export function toStep(request: ImportedRequest, secrets: SecretBox): ImportedStep | string {
  const method = request.method.toLowerCase();
  if (!methods.has(method)) return 'its method is none that a step can have';
  const path = pathOf(request.url, secrets);
  if (path.length > maxPathChars) return `its path is longer than ${maxPathChars} characters`;
  const headers = hideHeaders([...request.headers, ...urlCredentials(request)], secrets)
    .map(([name, value]) => [name, finish(value, secrets, null)] as const)
    .filter((header): header is readonly [string, string] => header[1] !== null && isFieldValue(header[1]));
  const body = request.body === null ? null : bodyOf(request.body, headers, secrets);
  if (typeof body === 'string') return body;
  const written = body?.kind === 'json' ? headers.filter((header) => !isPlainJson(header)) : headers;
  return {
    name: nameOf(request, secrets),
    method,
    path,
    headers: written,
    body,
    status: request.status,
    comment: request.comment,
  };
}

/** `https://user:password@host/` is sent as a header. */
function urlCredentials({ url, headers }: ImportedRequest): (readonly [string, string])[] {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return [];
  if (headers.some(([name]) => name.toLowerCase() === 'authorization')) return [];
  const pair = `${percentDecoded(username)}:${percentDecoded(password)}`;
  return [['authorization', `Basic ${Buffer.from(pair).toString('base64')}`]];
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function pathOf(address: string, secrets: SecretBox): string {
  const url = new URL(address);
  const isSecret = (name: string): boolean => isSecretName(name) || name.toLowerCase() === 'key';
  const search = url.search === '' ? '' : `?${hidePairs(url.search.slice(1), secrets, isSecret)}`;
  return finish(`${url.pathname}${search}`, secrets, '%24') ?? '/';
}

function bodyOf(
  text: string,
  headers: ImportedStep['headers'],
  secrets: SecretBox,
): ImportedStep['body'] | string {
  if (text.length > maxBodyChars) return `its body is longer than ${maxBodyChars} characters`;
  if (isBinary(text)) return 'its body is binary';
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const hidden = hideBody(text, type, secrets);
  if (hidden === null) return 'its body is nested too deep';
  const json = isWholeJson(hidden);
  const form = type.startsWith('application/x-www-form-urlencoded');
  const finished = finish(hidden, secrets, form ? '%24' : json ? '\\u0024' : null);
  if (finished === null) return 'its body holds "${", which stands for a variable in a scenario';
  // What the scenario escapes differently, and numbers that JavaScript rounds, stay as text.
  const same = isWholeJson(finished) && JSON.stringify(JSON.parse(finished)) === finished;
  const kind = same && type !== '' && !forbiddenKey.test(finished) ? 'json' : 'text';
  return { kind, text: finished };
}

/** Known values swept, `${` written as `dollar` and `{`, placeholders as references. Null where `${` cannot be written otherwise. */
function finish(text: string, secrets: SecretBox, dollar: string | null): string | null {
  const swept = secrets.sweep(text);
  if (dollar === null && swept.includes('${')) return null;
  return secrets.reveal(swept.replaceAll('${', `${dollar}{`), (name) => `\${secret:${name}}`);
}

/** The same in every version: what a JSON text is must not depend on white space. */
function isWholeJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Control characters, or what a decoder puts where it found no text. */
function isBinary(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  return /[\u0000-\u0008\u000b\u000e-\u001f\u007f\ufffd]/.test(text) || !text.isWellFormed();
}

/** What RFC 9110 and the request line's Latin-1 allow. */
function isFieldValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]{0,16000}$/.test(value);
}

/** `json:` brings this header. */
function isPlainJson([name, value]: readonly [string, string]): boolean {
  return name.toLowerCase() === 'content-type' && value === 'application/json';
}

/** `GET /items/7`: without the query, secrets and what a name may not hold. */
export function nameOf(request: ImportedRequest, secrets: SecretBox): string {
  const wanted =
    request.name ?? `${request.method.toUpperCase().slice(0, 20)} ${new URL(request.url).pathname}`;
  return stepName(secrets.reveal(secrets.sweep(wanted), () => '[secret]'));
}

/** At most 80 characters without braces, commas, control characters and white space at the ends. */
export function stepName(text: string): string {
  const plain = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\ufffd{},]/gu, '_')
    .trim();
  return (
    plain
      .slice(0, 80)
      .toWellFormed()
      .replace(/\ufffd$/, '')
      .trim() || 'unnamed'
  );
}
