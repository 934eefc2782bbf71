import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PerfkitError, messageOf } from '../../../model/errors.ts';
import type { CallPlan } from '../../../model/exchange-plan.ts';
import type { LoadPlan } from '../../../model/plan.ts';
import type { FlowFunction } from './flow-function.ts';

/**
 * The functions of a plan, by the position of their flow; null for a flow of steps. The planner has checked where the
 * modules lie. Throws PerfkitError for one that does not load or has no such function.
 */
export async function importFunctions({ flows, scenario }: LoadPlan): Promise<(FlowFunction | null)[]> {
  const functions: (FlowFunction | null)[] = [];
  for (const { call } of flows)
    functions.push(call === undefined ? null : await importFunction(call, scenario.folder));
  return functions;
}

async function importFunction({ module, export: name }: CallPlan, folder: string): Promise<FlowFunction> {
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = await import(pathToFileURL(realpathSync(resolve(folder, module))).href);
  } catch (error) {
    throw new PerfkitError('scenario', `cannot load ${module}: ${messageOf(error)}`, { cause: error });
  }
  const found = Object.hasOwn(exports, name) ? exports[name] : undefined;
  if (isFunction(found)) return found;
  const names = Object.keys(exports).slice(0, 20);
  const there = names.length === 0 ? 'it exports nothing' : `it exports ${names.join(', ')}`;
  throw new PerfkitError('scenario', `${module} has no function "${name}": ${there}`);
}

function isFunction(value: unknown): value is FlowFunction {
  return typeof value === 'function';
}
