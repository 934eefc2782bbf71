import { parseBytes, parseDurationNs, parseRatePerSecond } from '../../model/units.ts';
import { didYouMean } from '../problems/did-you-mean.ts';
import { isLoopback, parseOrigin } from '../scenario/parse-origin.ts';
import { defaultSeed } from './plan-context.ts';
import { profiles } from './profiles.ts';
import { reportDuplicates } from '../problems/report-duplicates.ts';
import { resolveFlows } from './resolve-flows.ts';
import { resolveMetrics } from './resolve-metrics.ts';
import { resolveTargets } from './resolve-targets.ts';
import type { LoadLimits, LoadPlan, LoadTarget, PhasePlan } from '../../model/plan.ts';
import type { PlanContext } from './plan-context.ts';
import type { LoadScenario } from '../scenario/schema.ts';

/** A plan without its hash. All that is wrong is reported to the context; the plan is of use only if nothing was. */
export function resolveLoad(scenario: LoadScenario, context: PlanContext): LoadPlan {
  const { target, path } = resolveTarget(scenario, context);
  const phases = scenario.phases.map((phase, index) => resolvePhase(phase, index, context));
  reportDuplicates(
    phases.map(({ name }) => name),
    (index) => ['phases', index, 'name'],
    'phase',
    context,
  );
  if (phases.every(({ measured }) => !measured))
    context.report(['phases'], 'no phase is measured: leave `measure: false` out of one');
  const flows = resolveFlows(scenario.flows, path, context);
  const metrics = resolveMetrics(scenario, context);
  const scope = {
    metrics,
    tags: { name: flows.flatMap((flow) => flow.steps.map((step) => step.name)) },
    absentTags: {
      phase: 'a phase is no tag: write `in NAME` after the limit',
      flow: 'series have no tag `flow`: use `name`, the name of a step',
    },
    phases,
    reference: 'only a bench has a `reference`: compare with `baseline`',
  };
  return {
    schema: 'perfkit/plan@1',
    kind: 'load',
    scenario: {
      name: scenario.name,
      file: context.file,
      folder: context.folder,
      tags: scenario.tags ?? [],
      hash: '',
      seed: context.seed ?? scenario.seed ?? defaultSeed,
    },
    metrics,
    targets: resolveTargets(scenario.targets, scope, context),
    expectedNs: phases.reduce((sum, phase) => sum + boundNs(phase), 1e9),
    target,
    phases,
    flows,
    limits: resolveLimits(scenario),
  };
}

/** How long a phase takes: its duration, or less when a fixed number of requests is sent at a rate. */
function boundNs({ forNs, arrivals, maxRequests }: PhasePlan): number {
  if (arrivals.model === 'closed' || maxRequests === null) return forNs;
  return Math.min(forNs, Math.ceil((maxRequests / arrivals.ratePerSecond) * 1e9));
}

function resolveTarget(scenario: LoadScenario, context: PlanContext): { target: LoadTarget; path: string } {
  const at = ['target', 'http'];
  const { http, allow = [] } = scenario.target;
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
    return { target: { origin: 'http://127.0.0.1:0', builtin, allow }, path: '/' };
  }
  const url = parseOrigin(http);
  if (typeof url === 'string') {
    context.report(at, url);
    return { target: { origin: '', builtin: null, allow }, path: '/' };
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
  return { target: { origin: url.origin, builtin: null, allow }, path: url.path };
}

function resolvePhase(phase: LoadScenario['phases'][number], index: number, context: PlanContext): PhasePlan {
  const path = ['phases', index];
  const { name, rate, users, spacing, connections, requests = null, measure = true } = phase;
  if ((rate === undefined) === (users === undefined)) {
    const got = rate === undefined ? 'neither' : 'both';
    context.report(
      path,
      `expected either \`rate\` (flows started a second) or \`users\` (each with one request at a time), got ${got}`,
    );
  }
  if (users !== undefined && spacing !== undefined)
    context.report([...path, 'spacing'], '`spacing` goes with `rate`: users send when they are ready');
  if (users !== undefined && connections !== undefined)
    context.report([...path, 'connections'], '`connections` goes with `rate`: each user has one connection');
  const ratePerSecond = parseRatePerSecond(rate ?? '') ?? 0;
  const writtenNs = (parseDurationNs(phase.for) ?? 0) * profiles[context.profile].load.for;
  return {
    name,
    forNs: context.overrides.forNs ?? Math.max(1, Math.round(writtenNs)),
    arrivals:
      users === undefined
        ? { model: 'open', ratePerSecond, spacing: spacing ?? 'uniform' }
        : { model: 'closed', users },
    maxRequests: requests,
    measured: measure,
    connections: users ?? connections ?? defaultConnections(ratePerSecond),
  };
}

/** Enough for replies of 100 ms on the average (Little's law), within 10 and 1000. */
function defaultConnections(ratePerSecond: number): number {
  return Math.min(1000, Math.max(10, Math.ceil(ratePerSecond * 0.1)));
}

function resolveLimits({ limits = {}, pacing = 'precise' }: LoadScenario): LoadLimits {
  return {
    timeoutNs: parseDurationNs(limits.timeout ?? '10s') ?? 0,
    connectTimeoutNs: parseDurationNs(limits.connectTimeout ?? '5s') ?? 0,
    maxBodyBytes: parseBytes(limits.maxBody ?? '16MiB') ?? 0,
    maxHeaderBytes: parseBytes(limits.maxHeader ?? '64KiB') ?? 0,
    maxWaiting: limits.maxWaiting ?? 10_000,
    gracefulStopNs: parseDurationNs(limits.gracefulStop ?? '5s') ?? 0,
    pacing,
  };
}
