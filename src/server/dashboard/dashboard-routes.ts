import { isLoopbackHost, whyForeignHost } from '../http/check-origin.ts';
import { HttpError } from '../http/http-error.ts';
import type { AppRequest, Reply, Route } from '../http/route.ts';
import type { Asset, Assets } from './assets.ts';
import type { DashboardAccess } from './dashboard-access.ts';
import { securityHeaders } from './security-headers.ts';

export const dashboardPath = '/dashboard';

/** The page, its files, and whether one may see them. */
export function dashboardRoutes(access: DashboardAccess, { html, files }: Assets): Route[] {
  const guarded = (handle: (request: AppRequest, host: string) => Reply) => (request: AppRequest) => {
    const host = request.header('host');
    if (!isLoopbackHost(host)) throw new HttpError(403, whyForeignHost(host));
    if (!access.hasCookie(request.header('cookie'))) throw new HttpError(401, whyNoAccess);
    return handle(request, host);
  };
  return [
    {
      method: 'GET',
      path: dashboardPath,
      handle(request) {
        const host = request.header('host');
        if (!isLoopbackHost(host)) return words(403, whyForeignHost(host), '127.0.0.1');
        const token = request.query.get('token');
        if (token === null) {
          return access.hasCookie(request.header('cookie'))
            ? assetReply(request, html, host)
            : words(401, whyNoAccess, host);
        }
        return access.isToken(token) ? withCookie(access, host) : words(401, whyWrongToken, host);
      },
    },
    {
      // Tells an open page, which cannot see why its WebSocket was refused, whether to go on trying.
      method: 'GET',
      path: `${dashboardPath}/session`,
      handle: guarded(() => ({ kind: 'empty', status: 204 })),
    },
    {
      method: 'GET',
      path: `${dashboardPath}/files/:name`,
      handle: guarded((request, host) => {
        const found = files.get(request.params['name'] ?? '');
        if (found === undefined) throw new HttpError(404, 'the dashboard has no such file');
        return assetReply(request, found, host);
      }),
    },
  ];
}

const openTheLink =
  'Open the link that `perfkit serve` printed when it started: it ends in ?token= and 43 letters. If you clicked on it in another page, copy it into the address bar.';
export const whyNoAccess = `The dashboard is shown to whoever started the server. ${openTheLink}`;
const whyWrongToken = `This is not the token of this server: each start makes a new one. ${openTheLink}`;

/** Without the token in the address, where a bookmark or a screenshot would show it. */
function withCookie(access: DashboardAccess, host: string): Reply {
  const headers = {
    ...securityHeaders(host),
    'cache-control': 'no-store',
    'set-cookie': access.setCookie,
    location: dashboardPath,
  };
  return { kind: 'bytes', status: 303, headers, bytes: new Uint8Array() };
}

function words(status: number, text: string, host: string): Reply {
  const headers = {
    ...securityHeaders(host),
    'cache-control': 'no-store',
    'content-type': 'text/plain; charset=utf-8',
  };
  return { kind: 'bytes', status, headers, bytes: Buffer.from(`${text}\n`) };
}

function assetReply(request: AppRequest, { bytes, contentType, etag }: Asset, host: string): Reply {
  const headers = { ...securityHeaders(host), 'cache-control': 'private, no-cache', etag };
  const known = request.header('if-none-match')?.split(',') ?? [];
  if (known.some((one) => one.trim().replace(/^W\//, '') === etag)) {
    return { kind: 'bytes', status: 304, headers, bytes: new Uint8Array() };
  }
  return { kind: 'bytes', status: 200, headers: { ...headers, 'content-type': contentType }, bytes };
}
