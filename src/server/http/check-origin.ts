import type { IncomingHttpHeaders } from 'node:http';

/**
 * Why a request must not be answered, in words; null when it may. A page of another site can make a browser connect to
 * a server on its user's own machine, but the browser then tells whose page it is (`Origin`, RFC 6454), and by what
 * name it found the machine (`Host`: a foreign name that leads here is DNS rebinding). Programs send no `Origin`.
 */
export function whyForeign({ host, origin }: Pick<IncomingHttpHeaders, 'host' | 'origin'>): string | null {
  if (origin === undefined) return null;
  if (!isLoopbackHost(host)) return whyForeignHost(host);
  if (origin === `http://${host}` || origin === `https://${host}`) return null;
  return `expected the Origin http://${host}, got ${origin.slice(0, 100)}: pages of other sites may not connect`;
}

/** Whether a `Host` header names this machine, on whatever port. */
export function isLoopbackHost(host: string | undefined): host is string {
  return host !== undefined && /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i.test(host);
}

export function whyForeignHost(host: string | undefined): string {
  return `expected the Host 127.0.0.1 or localhost, got ${host === undefined ? 'none' : host.slice(0, 100)}`;
}
