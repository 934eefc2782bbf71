import { keyOf, keyedRandom } from '../../measure/keyed-random.ts';
import type { LoadPlan, PhasePlan } from '../../model/plan.ts';

/**
 * Draws among the flows of a phase by weight: the position (among the plan's flows) of the flow that the user runs in
 * that iteration. It depends on the seed, the phase and the two numbers only, so threads that share a phase choose as
 * one would.
 */
export function flowChooser(plan: LoadPlan, phase: PhasePlan): (user: number, iteration: number) => number {
  const positions = plan.flows.flatMap(({ name }, index) => (phase.flows.includes(name) ? [index] : []));
  const last = positions.length - 1;
  const only = positions[0] ?? 0;
  if (last <= 0) return () => only;
  const bounds = new Float64Array(positions.length);
  let total = 0;
  for (const [index, position] of positions.entries()) {
    total += plan.flows[position]?.weight ?? 0;
    bounds[index] = total;
  }
  const key = keyOf(plan.scenario.seed, `flows of phase ${phase.name}`);
  return (user, iteration) => {
    // hot path: a scenario has a handful of flows
    const drawn = keyedRandom(key, user, iteration) * total;
    let index = 0;
    while (index < last && drawn >= (bounds[index] ?? 0)) index++;
    return positions[index] ?? only;
  };
}
