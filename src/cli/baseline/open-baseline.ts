import { join } from 'node:path';
import {
  compare,
  comparisonExitCode,
  comparisonReporters,
  environmentDifferences,
  readResult,
  writeFileAtomic,
} from '../../index.ts';
import { findResult } from './baseline-file.ts';
import type { Comparison, Environment, Plan, RunResult, SuiteResult } from '../../index.ts';
import type { BaselineFlags, CompareFlags } from './baseline-options.ts';

/** What a run is compared with. */
export interface Baseline {
  /** Why the runs cannot be compared with it, found before any of them has begun; empty when they can. */
  readonly refusals: readonly string[];
  /** What `baseline` means in the targets of a scenario. */
  readonly of: (scenario: string) => { readonly baseline?: RunResult };
  readonly compare: (document: RunResult | SuiteResult) => Comparison;
}

/** Files that a comparison leaves in the folder of the run. */
export const comparisonFiles = { json: 'comparison.json', markdown: 'comparison.md' } as const;

/** Read the baseline that the flags name; null when they name none. Throws PerfkitError when it cannot be read. */
export async function openBaseline(
  flags: BaselineFlags,
  plans: readonly Plan[],
  environment: Environment,
): Promise<Baseline | null> {
  if (flags.baseline === undefined) return null;
  const path = await findResult(flags.baseline);
  const document = await readResult(path);
  const results = document.schema === 'perfkit/suite@1' ? document.results : [document];
  return {
    refusals: plans.flatMap((plan) => refusalsOf(plan, results, environment, flags)),
    of: (scenario) => {
      const found = results.find((result) => result.scenario.name === scenario);
      return found === undefined ? {} : { baseline: found };
    },
    compare: (head) =>
      compare(narrowed(document, head), head, {
        ...compareOptions(flags),
        baseLabel: path,
        headLabel: 'this run',
      }),
  };
}

/** The flags as `compare` takes them. */
export function compareOptions({ threshold, gate, advisory, strict }: CompareFlags): {
  threshold?: number;
  gates?: readonly string[];
  advisory: boolean;
  strict: boolean;
} {
  return {
    ...(threshold !== undefined && { threshold }),
    ...(gate !== undefined && { gates: gate }),
    advisory: advisory === true,
    strict: strict === true,
  };
}

/** Write the comparison into the folder of the run, and give its exit code. */
export async function saveComparison(comparison: Comparison, folder: string): Promise<number> {
  for (const format of ['json', 'markdown'] as const) {
    const text = comparisonReporters[format](comparison, { colourLevel: 0, width: 120 });
    await writeFileAtomic(join(folder, comparisonFiles[format]), text);
  }
  return comparisonExitCode(comparison);
}

function refusalsOf(
  plan: Plan,
  results: readonly RunResult[],
  environment: Environment,
  { advisory }: BaselineFlags,
): string[] {
  const { name, hash } = plan.scenario;
  const found = results.find((result) => result.scenario.name === name);
  if (found === undefined) {
    const names = results.map((result) => result.scenario.name).slice(0, 20);
    return [`the baseline has no scenario ${name}: it has ${names.join(', ') || 'none'}`];
  }
  if (found.validity.state === 'invalid')
    return [`${name}: the run of the baseline is invalid: ${found.validity.reasons[0] ?? 'it says so'}`];
  if (advisory === true) return [];
  const scenario =
    found.scenario.hash === hash ? [] : [{ field: 'scenario hash', base: found.scenario.hash, head: hash }];
  return [...scenario, ...environmentDifferences(found.environment, environment)].map(
    (one) => `${name}: ${one.field} differs: ${one.base} in the baseline and ${one.head} here`,
  );
}

/** A run of some of the scenarios of a baseline is compared with these only. */
function narrowed(baseline: RunResult | SuiteResult, head: RunResult | SuiteResult): RunResult | SuiteResult {
  if (baseline.schema === 'perfkit/result@1') return baseline;
  const ran = head.schema === 'perfkit/suite@1' ? head.results : [head];
  const names = new Set(ran.map((result) => result.scenario.name));
  return { ...baseline, results: baseline.results.filter((result) => names.has(result.scenario.name)) };
}
