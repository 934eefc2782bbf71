import { lookup as systemLookup } from 'node:dns/promises';
import { PerfkitError } from '../model/errors.ts';
import { hashPlan } from './resolve/hash-plan.ts';
import { loadScenario } from './read/load-scenario.ts';
import { problemsError, toProblems } from './problems/problem.ts';
import { resolveBench } from './resolve/resolve-bench.ts';
import { resolveLoad } from './resolve/resolve-load.ts';
import { maxWorkers } from './resolve/resolve-workers.ts';
import { describeValue } from './problems/printable.ts';
import { profiles } from './resolve/profiles.ts';
import type { Plan } from '../model/plan.ts';
import type { ProcessEnvironment } from './read/interpolate.ts';
import type { LoadedScenario, ScenarioSource } from './read/load-scenario.ts';
import type { KnownNames, Lookup, Overrides, PlanContext } from './resolve/plan-context.ts';
import type { Fault, Problem } from './problems/problem.ts';
import type { Profile } from './resolve/profiles.ts';

export interface PlanOptions {
  readonly known: KnownNames;
  /** @default 'standard' */
  readonly profile?: Profile;
  /** Wins over the scenario's. @default the scenario's, else 1 */
  readonly seed?: number;
  readonly overrides?: Overrides;
  /** @default process.env */
  readonly env?: ProcessEnvironment;
  /** Folder that files are relative to and that modules may lie in. @default process.cwd() */
  readonly cwd?: string;
  /** Where a load above the caps would go. @default the system's */
  readonly lookup?: Lookup;
}

/**
 * Read a scenario and resolve every default, unit, name and limit in it. Throws one PerfkitError with all that is
 * wrong: file, line, column, the lines around it, and what to write instead.
 */
export async function plan(source: ScenarioSource, options: PlanOptions): Promise<Plan> {
  const { plan: made, problems } = await resolve(source, options);
  if (made === null || problems.length > 0) throw problemsError(problems);
  return made;
}

/** All that is wrong with a scenario file; empty when it can be run. Throws PerfkitError when it cannot be read. */
export async function validateScenario(file: string, options: PlanOptions): Promise<Problem[]> {
  return (await resolve({ file }, options)).problems;
}

async function resolve(
  source: ScenarioSource,
  options: PlanOptions,
): Promise<{ plan: Plan | null; problems: Problem[] }> {
  checkOptions(options);
  const { env = process.env, cwd = process.cwd() } = options;
  const loaded = await loadScenario(source, { cwd, env });
  const faults: Fault[] = [...loaded.faults];
  const made =
    loaded.scenario === null ? null : await resolveScenario(loaded, source.file, cwd, options, faults);
  const complete = made === null ? null : { ...made, scenario: { ...made.scenario, hash: hashPlan(made) } };
  return { plan: complete, problems: toProblems(faults, loaded.document) };
}

async function resolveScenario(
  { scenario, document, folder, faults: known }: LoadedScenario,
  file: string | null,
  cwd: string,
  options: PlanOptions,
  faults: Fault[],
): Promise<Plan | null> {
  if (scenario === null) return null;
  const explained = new Set(known.map(({ path }) => JSON.stringify(path)));
  const context: PlanContext = {
    file,
    folder,
    cwd,
    known: options.known,
    profile: options.profile ?? 'standard',
    seed: options.seed ?? null,
    overrides: options.overrides ?? {},
    lookup: options.lookup ?? lookupAll,
    report: (path, message, offset) => {
      if (!explained.has(JSON.stringify(path)) || path.length === 0)
        faults.push(offset === undefined ? { path, message } : { path, message, offset });
    },
    lineOf: (path) => document.locate(path)?.line ?? null,
  };
  return scenario.kind === 'bench' ? resolveBench(scenario, context) : await resolveLoad(scenario, context);
}

const lookupAll: Lookup = async (host) =>
  (await systemLookup(host, { all: true })).map(({ address }) => address);

function checkOptions({ profile = 'standard', seed, overrides = {} }: PlanOptions): void {
  if (!Object.hasOwn(profiles, profile)) {
    throw new PerfkitError(
      'usage',
      `expected a profile of ${Object.keys(profiles).join(', ')}, got ${describeValue(profile)}`,
    );
  }
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw new PerfkitError('usage', `expected a seed from 0 to 4294967295, got ${describeValue(seed)}`);
  }
  const { warmupNs = 0, forNs = 1, rounds = 1, workers = 1 } = overrides;
  if (!(warmupNs >= 0 && Number.isFinite(warmupNs)))
    throw new PerfkitError('usage', `expected a warm-up of 0 or more, got ${warmupNs} ns`);
  if (!(forNs > 0 && Number.isFinite(forNs)))
    throw new PerfkitError('usage', `expected a duration above 0, got ${forNs} ns`);
  if (!(Number.isInteger(rounds) && rounds >= 1 && rounds <= 1000))
    throw new PerfkitError('usage', `expected 1 to 1000 rounds, got ${rounds}`);
  if (!(Number.isInteger(workers) && workers >= 1 && workers <= maxWorkers))
    throw new PerfkitError('usage', `expected 1 to ${maxWorkers} workers, got ${workers}`);
}
