import { keyedRandom } from '../../measure/keyed-random.ts';
import type { ThinkPlan } from '../../model/plan.ts';

/** How long a user thinks after a step, in ns; `key` is the step's, `iteration` counts the user's flows. */
export function drawThinkNs(think: ThinkPlan, key: number, user: number, iteration: number): number {
  // hot path
  if (think.kind === 'uniform') {
    const { minNs, maxNs } = think;
    return maxNs > minNs ? minNs + keyedRandom(key, user, iteration) * (maxNs - minNs) : minNs;
  }
  return -Math.log(1 - keyedRandom(key, user, iteration)) * think.meanNs;
}
