import { didYouMean } from '../problems/did-you-mean.ts';
import { isLoopback, parseOrigin } from '../scenario/parse-origin.ts';
import type { LoadTarget } from '../../model/plan.ts';
import type { Path } from '../problems/problem.ts';
import type { PlanContext } from './plan-context.ts';

/** Where a URL or `builtin:NAME` leads, with the URL's path. Reports a host that must not be loaded, and what is no place. */
export function resolvePlace(
  http: string,
  allow: readonly string[],
  at: Path,
  context: PlanContext,
): Pick<LoadTarget, 'origin' | 'builtin'> & { readonly path: string } {
  if (http.startsWith('builtin:')) {
    const builtin = http.slice('builtin:'.length);
    if (!context.known.servers.includes(builtin)) {
      context.report(
        at,
        `unknown built-in server \`${builtin}\`${didYouMean(builtin, context.known.servers)}`,
        'builtin:'.length,
      );
    }
    // The port is known when the server has started.
    return { origin: 'http://127.0.0.1:0', builtin, path: '/' };
  }
  const url = parseOrigin(http);
  if (typeof url === 'string') {
    context.report(at, url);
    return { origin: '', builtin: null, path: '/' };
  }
  const allowed = allow.some((host) => host.toLowerCase() === url.host);
  if (!isLoopback(url.host) && !allowed) {
    context.report(
      at,
      `${url.host} is not this machine: add it to \`allow\` if you may load it (target: {http: ..., allow: [${url.host}]})`,
    );
  }
  return { origin: url.origin, builtin: null, path: url.path };
}
