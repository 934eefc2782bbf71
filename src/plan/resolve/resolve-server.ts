import { parseDurationNs } from '../../model/units.ts';
import { isLoopback, parseOrigin } from '../scenario/parse-origin.ts';
import { resolveAuth } from './resolve-auth.ts';
import type { PhasePlan } from '../../model/plan.ts';
import type { ScrapePlan, ServerPlan } from '../../model/server-plan.ts';
import type { LoadScenario } from '../scenario/schema.ts';
import type { PlanContext } from './plan-context.ts';

type WrittenServer = NonNullable<LoadScenario['server']>;

const shortestNs = 100e6;
const mostSeries = 200;
/** Of all phases; a result holds 1000 series of a server. */
const mostPhaseSeries = 900;

/** What is read of the server, null for nothing. Reports what is wrong. */
export function resolveServer(
  { server, target, subjects }: LoadScenario,
  phases: readonly PhasePlan[],
  context: PlanContext,
): ServerPlan | null {
  if (server === undefined) return null;
  const at = ['server'];
  const everyNs = parseDurationNs(server.every ?? '1s') ?? 0;
  if (everyNs < shortestNs) context.report([...at, 'every'], 'expected 100ms or more: reading costs time');
  const ofSubjects = subjects?.some(({ process }) => process !== undefined) === true;
  if (server.metrics === undefined && server.process === undefined && !ofSubjects)
    context.report(at, 'expected `metrics`, `process` or both: what shall be read of the server?');
  if (server.metrics === undefined) {
    for (const key of ['headers', 'auth', 'keep'] as const)
      if (server[key] !== undefined) context.report([...at, key], `\`${key}\` goes with \`metrics\``);
  }
  if (server.process === 'builtin' && subjects === undefined && !target.http.startsWith('builtin:'))
    context.report(
      [...at, 'process'],
      'the target is no built-in server: write the id of its process, such as ${env:SERVER_PID}',
    );
  const measured = Math.max(1, phases.length) * Math.max(1, subjects?.length ?? 1);
  const maxSeries = Math.min(mostSeries, Math.floor(mostPhaseSeries / measured));
  return {
    everyNs,
    scrape:
      server.metrics === undefined ? null : resolveScrape(server, target.allow ?? [], maxSeries, context),
    process: processOf(server.process) ?? (ofSubjects ? 'builtin' : null),
  };
}

function processOf(written: WrittenServer['process']): ServerPlan['process'] {
  if (written === undefined) return null;
  if (written === 'builtin') return 'builtin';
  return Number(typeof written === 'object' ? written.pid : written);
}

function resolveScrape(
  { metrics = '/', headers = {}, auth, keep = [] }: WrittenServer,
  allow: readonly string[],
  maxSeries: number,
  context: PlanContext,
): ScrapePlan {
  const names = Object.keys(headers);
  return {
    ...placeOf(metrics, allow, context),
    headers: Object.entries(headers),
    ...resolveAuth({ auth, at: ['server', 'auth'], headers: { names, at: ['server', 'headers'] } }, context),
    keep,
    maxSeries,
  };
}

function placeOf(
  metrics: string,
  allow: readonly string[],
  context: PlanContext,
): Pick<ScrapePlan, 'origin' | 'path'> {
  const at = ['server', 'metrics'];
  if (metrics.startsWith('/')) {
    if (!/^[\u0021-\u007e]*$/.test(metrics) || metrics.includes('#'))
      context.report(at, 'expected a path without spaces and "#", percent-encoded');
    return { origin: null, path: metrics };
  }
  const url = parseOrigin(metrics);
  if (typeof url === 'string') {
    const advice = metrics.includes('://') ? '' : ', or a path that starts with "/"';
    context.report(at, `${url}${advice}`);
    return { origin: null, path: '/' };
  }
  if (!isLoopback(url.host) && !allow.some((host) => host.toLowerCase() === url.host))
    context.report(
      at,
      `${url.host} is not this machine: add it to \`target.allow\` if you may read its metrics`,
    );
  return { origin: url.origin, path: url.path };
}
