import { inverseArea, rampOf } from '../../measure/ramp.ts';
import { parseDurationNs } from '../../model/units.ts';
import { reportDuplicates } from '../problems/report-duplicates.ts';
import { parseRateRamp, parseUserRamp } from '../scenario/parse-ramp.ts';
import { meanThinkNs } from '../scenario/parse-think.ts';
import { profiles } from './profiles.ts';
import { resolvePhaseFlows } from './resolve-phase-flows.ts';
import { resolveCompany } from './resolve-company.ts';
import type { FlowPlan, PhaseArrivals, PhasePlan } from '../../model/plan.ts';
import type { Path } from '../problems/problem.ts';
import type { PlanContext } from './plan-context.ts';
import type { LoadScenario } from '../scenario/schema.ts';

type WrittenPhase = LoadScenario['phases'][number];

/** Phases in the order of the scenario. All that does not go together is reported. */
export function resolvePhases(
  written: LoadScenario['phases'],
  flows: readonly FlowPlan[],
  workers: number,
  context: PlanContext,
): PhasePlan[] {
  const durations = written.map((phase) => durationNs(phase, context));
  const phases = written.map((phase, index): PhasePlan => {
    const path = ['phases', index];
    const company = resolveCompany(written, index, context);
    const host = written.findIndex(({ name }) => name === company?.phase);
    if (phase.for === undefined && phase.with === undefined)
      context.report(path, '`for` is missing: how long the phase takes');
    const arrivals = resolveArrivals(phase, path, context);
    const chosen = resolvePhaseFlows(written, index, flows, context);
    return {
      name: phase.name,
      forNs: durations[index] ?? durations[host] ?? 1,
      arrivals,
      flows: chosen.map(({ name }) => name),
      with: company,
      maxRequests: phase.requests ?? null,
      maxFlows: phase.iterations ?? null,
      maxFlowsPerUser: phase.iterationsPerUser ?? null,
      pacingNs: phase.pacing === undefined ? null : parseDurationNs(phase.pacing),
      measured: phase.measure ?? true,
      connections: resolveConnections(phase, arrivals, chosen, { path, workers, context }),
    };
  });
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

/** A bound on the run's time: phases in series one after the other, those beside them as long as they last. */
export function expectedNs(phases: readonly PhasePlan[]): number {
  let startNs = 0;
  let endNs = 0;
  for (const phase of phases.filter((one) => one.with === null)) {
    for (const other of phases)
      if (other.with?.phase === phase.name) endNs = Math.max(endNs, startNs + boundNs(other));
    startNs += boundNs(phase);
  }
  return Math.max(startNs, endNs) + 1e9;
}

/** How long a phase takes: its duration, or less when a fixed number of requests is sent at a rate. */
function boundNs({ forNs, arrivals, maxRequests, maxFlows }: PhasePlan): number {
  const most = Math.min(maxRequests ?? Infinity, maxFlows ?? Infinity);
  if (arrivals.model === 'closed' || most === Infinity) return forNs;
  return Math.min(forNs, Math.ceil(inverseArea(rampOf(arrivals, forNs))(most)));
}

function durationNs({ for: written }: WrittenPhase, context: PlanContext): number | null {
  if (written === undefined) return null;
  const ns = (parseDurationNs(written) ?? 0) * profiles[context.profile].load.for;
  return context.overrides.forNs ?? Math.max(1, Math.round(ns));
}

/** Keys that say something about users only. */
const ofUsers = ['iterationsPerUser', 'pacing'] as const;

function resolveArrivals(phase: WrittenPhase, path: Path, context: PlanContext): PhaseArrivals {
  const { rate, users, spacing, connections } = phase;
  if ((rate === undefined) === (users === undefined)) {
    const got = rate === undefined ? 'neither' : 'both';
    context.report(
      path,
      `expected either \`rate\` (flows started a second) or \`users\` (each in one flow at a time), got ${got}`,
    );
  }
  if (users === undefined) {
    for (const key of ofUsers)
      if (phase[key] !== undefined)
        context.report(
          [...path, key],
          `\`${key}\` goes with \`users\`: with \`rate\` each arrival is a new user`,
        );
    const { from, to } = parseRateRamp(rate ?? '') ?? { from: 0, to: 0 };
    const ramp = to === from ? {} : { toRatePerSecond: to };
    return { model: 'open', ratePerSecond: from, ...ramp, spacing: spacing ?? 'uniform' };
  }
  if (spacing !== undefined)
    context.report([...path, 'spacing'], '`spacing` goes with `rate`: users send when they are ready');
  if (connections !== undefined)
    context.report([...path, 'connections'], '`connections` goes with `rate`: each user has one connection');
  const { from, to } =
    typeof users === 'number' ? { from: users, to: users } : (parseUserRamp(users) ?? none);
  return { model: 'closed', users: from, ...(to === from ? {} : { toUsers: to }) };
}

const none = { from: 0, to: 0 };

interface ConnectionsContext {
  readonly path: Path;
  readonly workers: number;
  readonly context: PlanContext;
}

function resolveConnections(
  { connections }: WrittenPhase,
  arrivals: PhaseArrivals,
  flows: readonly FlowPlan[],
  { path, workers, context }: ConnectionsContext,
): number {
  if (arrivals.model === 'closed') return Math.max(arrivals.users, arrivals.toUsers ?? 0);
  if (connections !== undefined && connections < workers)
    context.report(
      [...path, 'connections'],
      `expected at least one connection for each of the ${workers} workers, got ${connections}`,
    );
  const peak = Math.max(arrivals.ratePerSecond, arrivals.toRatePerSecond ?? 0);
  return connections ?? Math.max(workers, defaultConnections(peak, flows));
}

/**
 * Enough for replies of 100 ms on the average and for those who think meanwhile (Little's law): 10 to 1000 for the
 * requests, to 10000 with the thinking.
 */
function defaultConnections(ratePerSecond: number, flows: readonly FlowPlan[]): number {
  const replies = Math.min(1000, Math.max(10, Math.ceil(ratePerSecond * 0.1)));
  const weights = flows.reduce((sum, { weight }) => sum + weight, 0);
  // an arrival goes after its last step
  const thinkNs = flows.reduce(
    (sum, { weight, steps }) =>
      sum + (weight / weights) * steps.slice(0, -1).reduce((all, { think }) => all + meanThinkNs(think), 0),
    0,
  );
  return Math.min(10_000, replies + Math.ceil((ratePerSecond * thinkNs) / 1e9));
}
