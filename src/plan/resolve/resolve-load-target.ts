import { didYouMean } from '../problems/did-you-mean.ts';
import { isLoopback, parseOrigin } from '../scenario/parse-origin.ts';
import { resolveConnections } from './resolve-connections.ts';
import type { LoadTarget } from '../../model/plan.ts';
import type { PlanContext } from './plan-context.ts';
import type { LoadScenario } from '../scenario/schema.ts';

/** Where the load goes, and the path of a URL that names one. */
export function resolveLoadTarget(
  scenario: LoadScenario,
  context: PlanContext,
): { target: LoadTarget; path: string } {
  const at = ['target', 'http'];
  const { http, allow = [] } = scenario.target;
  const connections = resolveConnections(scenario, context);
  for (const [index, host] of allow.entries()) {
    if (!/^[\w.-]+$|^[\da-fA-F:]+$/.test(host))
      context.report(
        ['target', 'allow', index],
        'expected a host name or address, without scheme, port or wildcard',
      );
  }
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
    return { target: { origin: 'http://127.0.0.1:0', builtin, allow, ...connections }, path: '/' };
  }
  const url = parseOrigin(http);
  if (typeof url === 'string') {
    context.report(at, url);
    return { target: { origin: '', builtin: null, allow, ...connections }, path: '/' };
  }
  const allowed = allow.some((host) => host.toLowerCase() === url.host);
  if (!isLoopback(url.host) && !allowed) {
    context.report(
      at,
      `${url.host} is not this machine: add it to \`allow\` if you may load it (target: {http: ..., allow: [${url.host}]})`,
    );
  }
  if (scenario.flows !== undefined && url.path !== '/') {
    context.report(
      at,
      `expected no path here, since \`flows\` have their own: write ${url.path} in the steps`,
    );
  }
  return { target: { origin: url.origin, builtin: null, allow, ...connections }, path: url.path };
}
