import { resolveConnections } from './resolve-connections.ts';
import { resolvePlace } from './resolve-place.ts';
import { resolveServerOptions } from './resolve-server-options.ts';
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
  const { path, ...place } = resolvePlace(http, allow, at, context);
  if (scenario.flows !== undefined && path !== '/') {
    context.report(at, `expected no path here, since \`flows\` have their own: write ${path} in the steps`);
  }
  const options = resolveServerOptions(
    scenario.target.options,
    place.builtin,
    ['target', 'options'],
    context,
  );
  return { target: { ...place, ...options, allow, ...connections }, path };
}
