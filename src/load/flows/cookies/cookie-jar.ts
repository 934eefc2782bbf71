import { isIP } from 'node:net';
import { parseCookieDate } from './parse-cookie-date.ts';

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly secure: boolean;
  /** Milliseconds since 1970; Infinity for the user's life. */
  readonly expiresMs: number;
  /** Order in which cookies were first set. */
  readonly created: number;
}

/** RFC 6265, section 6.1: at least so many for a host, and of at least so many bytes. More is not kept. */
const maxCookies = 50;
const maxCookieChars = 4096;

/**
 * The cookies of one user at one origin (RFC 6265, sections 5.3 and 5.4). A target is one host, so a cookie is kept
 * when its Domain covers that host. At most 50 cookies of 4096 characters; a new one then takes the place of the oldest.
 */
export class CookieJar {
  readonly #host: string;
  readonly #secure: boolean;
  readonly #wallMs: () => number;
  #cookies: Cookie[] = [];
  #created = 0;

  /** `wallMs`: milliseconds since 1970, for Expires. */
  constructor(origin: URL, wallMs: () => number) {
    this.#host = origin.hostname.toLowerCase();
    this.#secure = origin.protocol === 'https:';
    this.#wallMs = wallMs;
  }

  /** Take over a Set-Cookie header of a reply to a request for `path`; one that is not valid is ignored. */
  store(setCookie: string, path: string): void {
    if (setCookie.length > maxCookieChars * 2) return;
    const parsed = parseSetCookie(setCookie);
    if (parsed === null || parsed.name.length + parsed.value.length > maxCookieChars) return;
    const { name, value, attributes } = parsed;
    const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase() ?? '';
    if (domain !== '' && !covers(domain, this.#host)) return;
    const secure = attributes.has('secure');
    if (secure && !this.#secure) return;
    const given = attributes.get('path') ?? '';
    const cookiePath = given.startsWith('/') ? given : defaultPath(path);
    const index = this.#cookies.findIndex((one) => one.name === name && one.path === cookiePath);
    const created = this.#cookies[index]?.created ?? this.#created++;
    if (index >= 0) this.#cookies.splice(index, 1);
    const expiresMs = this.#expiresMs(attributes);
    if (expiresMs <= this.#wallMs()) return;
    if (this.#cookies.length >= maxCookies) this.#cookies.shift();
    this.#cookies.push({ name, value, path: cookiePath, secure, expiresMs, created });
  }

  /** The value of the Cookie header for a path; '' when there are none. */
  headerFor(path: string): string {
    if (this.#cookies.length === 0) return '';
    const now = this.#wallMs();
    if (this.#cookies.some(({ expiresMs }) => expiresMs <= now))
      this.#cookies = this.#cookies.filter(({ expiresMs }) => expiresMs > now);
    const plain = pathOf(path);
    const sent = this.#cookies.filter((cookie) => matchesPath(cookie.path, plain));
    if (sent.length > 1) sent.sort((a, b) => b.path.length - a.path.length || a.created - b.created);
    return sent.map(({ name, value }) => (name === '' ? value : `${name}=${value}`)).join('; ');
  }

  /** Max-Age wins over Expires. */
  #expiresMs(attributes: ReadonlyMap<string, string>): number {
    const maxAge = attributes.get('max-age');
    if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return this.#wallMs() + Number(maxAge) * 1000;
    const expires = attributes.get('expires');
    return (expires === undefined ? null : parseCookieDate(expires)) ?? Infinity;
  }
}

export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** Names in lower case. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** RFC 6265, section 5.2; null when there is no name and no value, or a control character. */
export function parseSetCookie(text: string): SetCookie | null {
  const [pair = '', ...rest] = text.split(';');
  const [name, value] = splitPair(pair);
  // oxlint-disable-next-line no-control-regex -- RFC 6265bis, section 5.6: such a cookie is ignored
  if ((name === '' && value === '') || /[\u0000-\u0008\u000a-\u001f\u007f]/.test(pair)) return null;
  const attributes = new Map<string, string>();
  for (const attribute of rest) {
    const [key, content] = splitPair(attribute, true);
    attributes.set(key.toLowerCase(), content);
  }
  return { name, value, attributes };
}

/** Without a "=" the text is the value, or the name of an attribute. */
function splitPair(text: string, attribute = false): [string, string] {
  const equals = text.indexOf('=');
  if (equals === -1) return attribute ? [text.trim(), ''] : ['', text.trim()];
  return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
}

/** Section 5.1.3. */
function covers(domain: string, host: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && isIP(host) === 0);
}

/** Section 5.1.4. */
function defaultPath(path: string): string {
  const plain = pathOf(path);
  const end = plain.lastIndexOf('/');
  return end <= 0 ? '/' : plain.slice(0, end);
}

function matchesPath(cookiePath: string, path: string): boolean {
  if (!path.startsWith(cookiePath)) return false;
  return path.length === cookiePath.length || cookiePath.endsWith('/') || path[cookiePath.length] === '/';
}

function pathOf(path: string): string {
  const query = path.indexOf('?');
  return query === -1 ? path : path.slice(0, query);
}
