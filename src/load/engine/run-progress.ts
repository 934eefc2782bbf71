import type { Progress } from '../../model/engine.ts';
import type { PhasePlan } from '../../model/plan.ts';
import type { PhaseRun } from './phase-run.ts';

/** How far the phases in series have come, and what runs now. */
export function progressOf(phases: readonly PhasePlan[], runs: readonly PhaseRun[], now: number): Progress {
  let planned = 0;
  let spent = 0;
  for (const { forNs, with: company } of phases) planned += company === null ? forNs : 0;
  for (const { begun, over, startNs, plan } of runs)
    if (plan.with === null) spent += over ? plan.forNs : begun ? now - startNs : 0;
  return {
    done: planned > 0 ? Math.min(1, Math.max(0, spent / planned)) : 1,
    label: runs
      .filter((run) => run.isActive)
      .map(({ plan }) => `${plan.name} ${labelOf(plan)}`)
      .join(', '),
  };
}

function labelOf({ arrivals }: PhasePlan): string {
  if (arrivals.model === 'open') {
    const { ratePerSecond, toRatePerSecond } = arrivals;
    return toRatePerSecond === undefined
      ? `${ratePerSecond}/s`
      : `${ratePerSecond}/s -> ${toRatePerSecond}/s`;
  }
  const { users, toUsers } = arrivals;
  return toUsers === undefined ? `${users} users` : `${users} -> ${toUsers} users`;
}
