import { formatValue, parseRatePerSecond } from '../../model/units.ts';
import { isLoopback } from '../scenario/parse-origin.ts';
import type { LoadTarget, PhasePlan } from '../../model/plan.ts';
import type { PlanContext } from './plan-context.ts';
import type { LoadScenario } from '../scenario/schema.ts';

/** What somebody else's machine gets at most unless the scenario or the command line raises it. */
export const capRatePerSecond = 10_000;
const capConnections = 1_000;

/**
 * A slip in a number must not become an attack: outside this machine a load above the caps is refused. Phases that run
 * beside each other are added up. Reports what is too much and how to allow it.
 */
export function checkCaps(
  { limits = {} }: LoadScenario,
  { origin, builtin }: LoadTarget,
  phases: readonly PhasePlan[],
  context: PlanContext,
): void {
  if (builtin !== null || origin === '' || isLoopback(new URL(origin).hostname.replace(/^\[|\]$/g, '')))
    return;
  const { maxRatePerSecond, maxConnections, searchToRatePerSecond = 0 } = context.overrides;
  const rateCap = maxRatePerSecond ?? parseRatePerSecond(limits.maxRate ?? '') ?? capRatePerSecond;
  const connectionCap = maxConnections ?? limits.maxConnections ?? capConnections;
  const peaks = peaksOf(phases);
  const rate = Math.max(peaks.ratePerSecond, searchToRatePerSecond);
  if (rate > rateCap) {
    context.report(
      ['phases'],
      `${formatValue(rate, 'count', true)} is more than the ${formatValue(rateCap, 'count', true)} that a host other than this machine may get: if it may get that much, write limits: {maxRate: ${Math.ceil(rate)}/s} or --max-rate ${Math.ceil(rate)}`,
    );
  }
  if (peaks.connections > connectionCap) {
    context.report(
      ['phases'],
      `${peaks.connections} connections are more than the ${connectionCap} that a host other than this machine may get: if it may get that many, write limits: {maxConnections: ${peaks.connections}} or --max-connections ${peaks.connections}`,
    );
  }
}

/** The most that is asked for at one time: of each phase in series with those beside it. */
function peaksOf(phases: readonly PhasePlan[]): { ratePerSecond: number; connections: number } {
  const groups = phases
    .filter((phase) => !phases.some((other) => other.name === phase.with?.phase))
    .map((phase) => [phase, ...phases.filter((other) => other.with?.phase === phase.name)]);
  const most = (of: (phase: PhasePlan) => number): number =>
    Math.max(0, ...groups.map((group) => group.reduce((sum, phase) => sum + of(phase), 0)));
  return { ratePerSecond: most(peakRate), connections: most(peakConnections) };
}

function peakRate({ arrivals }: PhasePlan): number {
  return arrivals.model === 'open' ? Math.max(arrivals.ratePerSecond, arrivals.toRatePerSecond ?? 0) : 0;
}

function peakConnections({ arrivals, connections }: PhasePlan): number {
  return arrivals.model === 'closed'
    ? Math.max(arrivals.users, arrivals.toUsers ?? 0, connections)
    : connections;
}
