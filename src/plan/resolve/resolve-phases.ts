import { parseDurationNs, parseRatePerSecond } from '../../model/units.ts';
import { reportDuplicates } from '../problems/report-duplicates.ts';
import { profiles } from './profiles.ts';
import type { PhasePlan } from '../../model/plan.ts';
import type { PlanContext } from './plan-context.ts';
import type { LoadScenario } from '../scenario/schema.ts';

/** Phases in the order of the scenario. */
export function resolvePhases(written: LoadScenario['phases'], context: PlanContext): PhasePlan[] {
  const phases = written.map((phase, index) => resolvePhase(phase, index, context));
  reportDuplicates(
    phases.map(({ name }) => name),
    (index) => ['phases', index, 'name'],
    'phase',
    context,
  );
  if (phases.every(({ measured }) => !measured))
    context.report(['phases'], 'no phase is measured: leave `measure: false` out of one');
  return phases;
}

/** How long a phase takes: its duration, or less when a fixed number of requests is sent at a rate. */
export function boundNs({ forNs, arrivals, maxRequests }: PhasePlan): number {
  if (arrivals.model === 'closed' || maxRequests === null) return forNs;
  return Math.min(forNs, Math.ceil((maxRequests / arrivals.ratePerSecond) * 1e9));
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
