import { expectedSamples } from '../../plan/resolve/expected-samples.ts';
import { hashPlan } from '../../plan/resolve/hash-plan.ts';
import { PerfkitError } from '../../model/errors.ts';
import { samplesNeeded } from '../../model/target.ts';
import { formatDurationNs, formatValue } from '../../model/units.ts';
import type { LoadPlan, PhasePlan, TargetPlan } from '../../model/plan.ts';

export interface StepSettings {
  readonly ratePerSecond: number;
  readonly warmupNs: number;
  /** Of the measured part. */
  readonly forNs: number;
  readonly targets: readonly TargetPlan[];
  /** Flows at once; null for what the scenario or the rate asks for. */
  readonly connections: number | null;
}

/** The plan of one step: a warm-up and a measured phase, both at the rate. */
export function stepPlan(plan: LoadPlan, settings: StepSettings): LoadPlan {
  const { ratePerSecond, warmupNs, forNs, targets } = settings;
  const base = basePhase(plan);
  const spacing = base.arrivals.model === 'open' ? base.arrivals.spacing : 'uniform';
  const shared = {
    ...base,
    arrivals: { model: 'open', ratePerSecond, spacing } as const,
    with: null,
    maxRequests: null,
    maxFlows: null,
    maxFlowsPerUser: null,
    pacingNs: null,
    connections:
      settings.connections ?? Math.max(base.connections, plan.workers, connectionsFor(ratePerSecond)),
  };
  const phases: PhasePlan[] = [
    { ...shared, name: 'warmup', forNs: warmupNs, measured: false },
    { ...shared, name: 'step', forNs, measured: true },
  ];
  const name = `${plan.scenario.name} at ${formatValue(ratePerSecond, 'count', true)}`;
  const made = { ...plan, phases, targets, expectedNs: warmupNs + forNs + 1e9 };
  return { ...made, scenario: { ...plan.scenario, name, hash: hashPlan({ ...made, phases }) } };
}

/** What the search leaves out of the scenario, for people. */
export function phaseNotes(plan: LoadPlan): string[] {
  const base = basePhase(plan);
  const others = plan.phases.filter(({ name }) => name !== base.name).map(({ name }) => name);
  const flows = plan.flows.filter(({ name }) => base.flows.length > 0 && !base.flows.includes(name));
  return [
    ...(others.length === 0
      ? []
      : [`each step runs the flows of phase ${base.name} at its own rate; left out: ${others.join(', ')}`]),
    ...(flows.length === 0 ? [] : [`flows left out: ${flows.map(({ name }) => name).join(', ')}`]),
  ];
}

/** The phase whose flows and spacing the steps take: the first measured one with a rate, else the first measured. */
function basePhase({ phases }: LoadPlan): PhasePlan {
  const measured = phases.filter((phase) => phase.measured);
  const base = measured.find(({ arrivals }) => arrivals.model === 'open') ?? measured[0] ?? phases[0];
  if (base === undefined) throw new RangeError('Expected a plan with a phase, got none');
  return base;
}

/** Enough for replies of 100 ms on the average (Little's law), within 10 and 1000. */
function connectionsFor(ratePerSecond: number): number {
  return Math.min(1000, Math.max(10, Math.ceil(ratePerSecond * 0.1)));
}

/** A step may be so much longer than asked for, to have the samples that its percentiles need. */
const mostLonger = 20;
/** Some requests may fail, and arrivals may be random. */
const spare = 1.1;

/**
 * How long a step at this rate takes so that every target can be decided. Throws PerfkitError when that would be more
 * than twenty times what was asked for, or no length would do.
 */
export function stepLengthNs(plan: LoadPlan, settings: StepSettings): number {
  const made = stepPlan(plan, settings);
  let longest = settings.forNs;
  for (const { target, expr, ...rest } of settings.targets) {
    if (target.overNs !== null) longest = Math.max(longest, target.overNs * spare);
    const needed = samplesNeeded(target.aggregation);
    const samples = expectedSamples(made, { target, expr, ...rest }, needed);
    if (samples.kind !== 'known' || samples.count >= needed * spare) continue;
    const neededNs = samples.count > 0 ? (settings.forNs * needed * spare) / samples.count : Infinity;
    if (target.overNs !== null || neededNs > settings.forNs * mostLonger) {
      const at = formatValue(settings.ratePerSecond, 'count', true);
      throw new PerfkitError(
        'usage',
        `${expr} needs ${needed} samples, and a step of ${formatDurationNs(settings.forNs)} at ${at} gives ${samples.count}: start higher with --from, take longer steps with --step, or choose a lower percentile`,
      );
    }
    longest = Math.max(longest, neededNs);
  }
  return Math.round(longest);
}
