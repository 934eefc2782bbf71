import { isSecretName } from './secret-names.ts';
import type { SecretBox } from './secret-box.ts';

type Header = readonly [string, string];

/**
 * The headers worth sending: without those that belong to one connection or one cache, and that browsers add for
 * themselves; credentials as placeholders.
 */
export function hideHeaders(headers: readonly Header[], secrets: SecretBox): Header[] {
  return headers
    .filter(([name]) => isFieldName(name) && !isDropped(name.toLowerCase()))
    .map(([name, value]) => [name, hideValue(name.toLowerCase(), value.trim(), secrets)]);
}

function hideValue(name: string, value: string, secrets: SecretBox): string {
  if (name === 'authorization' || name === 'proxy-authorization') return hideAuthorization(value, secrets);
  if (name === 'cookie') return hideCookies(value, secrets);
  return isSecretName(name) ? secrets.hold(name, value) : value;
}

function hideAuthorization(value: string, secrets: SecretBox): string {
  const [, scheme = '', credentials = ''] = /^(Bearer|Basic|Token)\s+(\S.*)$/i.exec(value) ?? [];
  if (scheme === '') return secrets.hold('authorization', value);
  if (scheme.toLowerCase() === 'basic') {
    const password = Buffer.from(credentials, 'base64').toString('utf8').split(':').slice(1).join(':');
    secrets.hold('basic_password', password);
    return `${scheme} ${secrets.hold('basic_credentials', credentials)}`;
  }
  return `${scheme} ${secrets.hold('bearer_token', credentials)}`;
}

/** All cookies are one secret, unless one is known by its name only; those that look like a session are looked for elsewhere, too. */
function hideCookies(value: string, secrets: SecretBox): string {
  if (secrets.isIn(value))
    return value
      .split(';')
      .map((one) => hideCookie(one, secrets))
      .join(';');
  const whole = secrets.hold('cookie', value);
  for (const cookie of value.split(';')) hideCookie(cookie, secrets);
  return whole;
}

function hideCookie(cookie: string, secrets: SecretBox): string {
  const [name = '', ...rest] = cookie.split('=');
  const content = rest.join('=').trim();
  const looksSecret = isSecretName(name) || content.length >= 16;
  return looksSecret && !secrets.isIn(content)
    ? `${name}=${secrets.hold(`cookie_${name.trim()}`, content)}`
    : cookie;
}

/** RFC 9110, section 5.6.2; the last are keys that a scenario does not take. */
function isFieldName(name: string): boolean {
  return (
    /^[!#$%&'*+.^_`|~\dA-Za-z-]{1,100}$/.test(name) && !/^(?:__proto__|constructor|prototype)$/.test(name)
  );
}

function isDropped(name: string): boolean {
  return dropped.has(name) || /^(?:sec-|:|x-devtools|x-client-data|proxy-)/.test(name);
}

/** Of one hop (RFC 9110, section 7.6.1), conditions on an earlier reply (section 13.1), and what perfkit or only a browser sets. */
const dropped: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'dnt',
  'expect',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'keep-alive',
  'priority',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'upgrade-insecure-requests',
]);
