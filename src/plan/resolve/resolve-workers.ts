import type { PlanContext } from './plan-context.ts';

/** More than any machine has cores for; each thread takes some 30 MB. */
export const maxWorkers = 256;

/** Threads of a load: what the command line says, or the scenario, or one. */
export function resolveWorkers(written: number | undefined, { overrides }: PlanContext): number {
  return overrides.workers ?? written ?? 1;
}
