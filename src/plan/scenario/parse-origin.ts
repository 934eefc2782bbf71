import { describeValue } from '../problems/printable.ts';

export interface HttpOrigin {
  /** `http://host:port` or `https://host:port`, the default port left out. */
  readonly origin: string;
  /** Without brackets. */
  readonly host: string;
  /** Path and query; `/` when there is none. */
  readonly path: string;
}

/** Take an http or https URL apart; what is wrong with it comes back as text. */
export function parseOrigin(text: string): HttpOrigin | string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined)
    return `expected a URL, got ${describeValue(text)}: write http://${describeValue(text).slice(1, -1)}`;
  if (scheme !== 'http' && scheme !== 'https') {
    return scheme === 'ws' || scheme === 'wss'
      ? `expected an http:// or https:// URL: a WebSocket is a step of a scenario (\`ws: /path\`), got ${describeValue(text)}`
      : `expected an http:// or https:// URL, got ${describeValue(text)}`;
  }
  if (!URL.canParse(text))
    return `expected a URL such as "http://127.0.0.1:8080/path", got ${describeValue(text)}`;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    // The text is not shown: it holds a password.
    return 'expected a URL without a user name or password: send an `authorization` header with ${secret:NAME} instead';
  }
  return { origin: url.origin, host: url.hostname.replace(/^\[|\]$/g, ''), path: url.pathname + url.search };
}

/** Whether traffic to the host stays on this machine. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    /^127(?:\.\d{1,3}){3}$/.test(host) ||
    host === '::1'
  );
}
