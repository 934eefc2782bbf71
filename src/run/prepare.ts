import { drivers } from '../bench/drivers/index.ts';
import { plan as planWith, validateScenario as validateWith } from '../plan/plan.ts';
import { builtInServerOptions, builtInServers } from '../server/index.ts';
import type { Plan } from '../model/plan.ts';
import type { ScenarioSource } from '../plan/read/load-scenario.ts';
import type { PlanOptions } from '../plan/plan.ts';
import type { Problem } from '../plan/problems/problem.ts';

/** The names that scenarios may use for what comes with perfkit. */
const known: PlanOptions['known'] = {
  drivers: Object.keys(drivers),
  servers: Object.keys(builtInServers),
  serverOptions: builtInServerOptions,
};

export type PrepareOptions = Omit<PlanOptions, 'known'>;

/** A scenario with every default, unit, name and limit resolved. Throws one PerfkitError with all that is wrong. */
export function plan(source: ScenarioSource, options: PrepareOptions = {}): Promise<Plan> {
  return planWith(source, { ...options, known });
}

/** All that is wrong with a scenario file; empty when it can be run. Throws PerfkitError when it cannot be read. */
export function validateScenario(file: string, options: PrepareOptions = {}): Promise<Problem[]> {
  return validateWith(file, { ...options, known });
}
