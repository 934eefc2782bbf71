import { isIP } from 'node:net';
import { formatValue, parseRatePerSecond } from '../../model/units.ts';
import { isLoopback } from '../scenario/parse-origin.ts';
import type { LoadTarget, PhasePlan } from '../../model/plan.ts';
import type { PlanContext } from './plan-context.ts';
import type { LoadScenario } from '../scenario/schema.ts';

/** What somebody else's machine gets at most unless the scenario or the command line raises it. */
export const capRatePerSecond = 10_000;
const capConnections = 1_000;

export interface CappedLoad {
  readonly scenario: Pick<LoadScenario, 'limits'>;
  readonly target: LoadTarget;
  readonly phases: readonly PhasePlan[];
  readonly workers: number;
}

/**
 * A slip in a number must not become an attack: outside this machine a load above the caps is refused. What counts are
 * the addresses of the host, not its name: a name is looked up, and one that has other addresses in the end is refused
 * by the run (`loopbackOnly`). Phases that run beside each other are added up. Reports what is too much and how to allow
 * it; returns the target.
 */
export async function checkCaps(load: CappedLoad, context: PlanContext): Promise<LoadTarget> {
  const { target } = load;
  if (target.builtin !== null || target.origin === '') return target;
  const faults = faultsOf(load, context);
  if (faults.length === 0) return target;
  const host = new URL(target.origin).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) > 0 ? isLoopback(host) : await leadsHere(host, context.lookup))
    return isIP(host) > 0 ? target : { ...target, loopbackOnly: true };
  for (const fault of faults) context.report(['phases'], fault);
  return target;
}

/** Every address of the name is this machine's. A name that cannot be looked up is somebody else's. */
async function leadsHere(host: string, lookup: PlanContext['lookup']): Promise<boolean> {
  const addresses = await lookup(host).catch(() => []);
  return addresses.length > 0 && addresses.every(isLoopback);
}

function faultsOf({ scenario, target, phases, workers }: CappedLoad, context: PlanContext): string[] {
  const { limits = {} } = scenario;
  const { maxRatePerSecond, maxConnections, searchToRatePerSecond = 0 } = context.overrides;
  const rateCap = maxRatePerSecond ?? parseRatePerSecond(limits.maxRate ?? '') ?? capRatePerSecond;
  const connectionCap = maxConnections ?? limits.maxConnections ?? capConnections;
  const groups = groupsOf(phases);
  const most = (of: (phase: PhasePlan) => number): number =>
    Math.max(0, ...groups.map((group) => group.reduce((sum, phase) => sum + of(phase), 0)));
  const rate = Math.max(most(peakRate), searchToRatePerSecond);
  const connections = most((phase) => peakConnections(phase, target.perConnection ?? 1, workers));
  const faults: string[] = [];
  if (rate > rateCap) {
    faults.push(
      `${formatValue(rate, 'count', true)} is more than the ${formatValue(rateCap, 'count', true)} that a host other than this machine may get: if it may get that much, write limits: {maxRate: ${Math.ceil(rate)}/s} or --max-rate ${Math.ceil(rate)}`,
    );
  }
  if (connections > connectionCap) {
    faults.push(
      `${connections} connections are more than the ${connectionCap} that a host other than this machine may get: if it may get that many, write limits: {maxConnections: ${connections}} or --max-connections ${connections}`,
    );
  }
  return faults;
}

/** What runs at one time: each phase in series with those beside it. */
function groupsOf(phases: readonly PhasePlan[]): (readonly PhasePlan[])[] {
  return phases
    .filter((phase) => phase.with === null)
    .map((phase) => [phase, ...phases.filter((other) => other.with?.phase === phase.name)]);
}

function peakRate({ arrivals }: PhasePlan): number {
  return arrivals.model === 'open' ? Math.max(arrivals.ratePerSecond, arrivals.toRatePerSecond ?? 0) : 0;
}

/** Users, and flows at once of an open phase, share connections where there is pipelining or HTTP/2; threads share none. */
function peakConnections(
  { arrivals, connections }: PhasePlan,
  perConnection: number,
  workers: number,
): number {
  const places =
    arrivals.model === 'closed' ? Math.max(arrivals.users, arrivals.toUsers ?? 0, connections) : connections;
  const few = Math.floor(places / workers);
  const withMore = places % workers;
  return (
    withMore * Math.ceil((few + 1) / perConnection) + (workers - withMore) * Math.ceil(few / perConnection)
  );
}
