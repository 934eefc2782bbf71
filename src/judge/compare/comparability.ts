import type { ComparisonDifference } from '../../model/comparison.ts';
import type { Environment, RunResult } from '../../model/result.ts';

type Measured = Omit<RunResult, 'verdict'>;

/** Whether two runs may be compared at all. */
export interface Comparability {
  /** Why they never are; empty when they may be. */
  readonly refusals: readonly string[];
  /** What must be the same and is not: the comparison is advisory at best. */
  readonly differences: readonly ComparisonDifference[];
  /** What differs and may matter. */
  readonly notes: readonly string[];
}

/** Look at what two runs were, before any of their numbers. */
export function comparabilityOf(base: Measured, head: Measured): Comparability {
  return {
    refusals: [
      ...(base.scenario.name === head.scenario.name
        ? []
        : [`another scenario: the base ran ${base.scenario.name}, the head ${head.scenario.name}`]),
      ...(base.scenario.kind === head.scenario.kind
        ? []
        : [`the base is a ${base.scenario.kind}, the head a ${head.scenario.kind}`]),
      ...refusalOf(base, 'base'),
      ...refusalOf(head, 'head'),
    ],
    differences: [
      ...scenarioDifferences(base, head),
      ...environmentDifferences(base.environment, head.environment),
    ],
    notes: [...pairNotes(base, head), ...notesOn(base, 'base'), ...notesOn(head, 'head')],
  };
}

function refusalOf({ validity }: Measured, side: string): string[] {
  if (validity.state !== 'invalid') return [];
  return [`the ${side} run is invalid: ${validity.reasons[0] ?? 'its own evidence is against it'}`];
}

function scenarioDifferences(base: Measured, head: Measured): ComparisonDifference[] {
  if (base.scenario.hash === head.scenario.hash) return [];
  return [
    ...difference('seed', base.scenario.seed, head.scenario.seed),
    ...difference('scenario hash', base.scenario.hash, head.scenario.hash),
  ];
}

/** The fields that the fingerprint is made of (measure/environment.ts). */
const comparableFields = ['node', 'v8', 'platform', 'arch', 'cpuModel', 'cores', 'cpuQuota'] as const;

export function environmentDifferences(base: Environment, head: Environment): ComparisonDifference[] {
  const fields = comparableFields.flatMap((field) => difference(field, base[field], head[field]));
  // a later version may make the fingerprint of more
  return fields.length > 0 ? fields : difference('fingerprint', base.fingerprint, head.fingerprint);
}

function difference(
  field: string,
  base: string | number | null,
  head: string | number | null,
): ComparisonDifference[] {
  return base === head ? [] : [{ field, base: String(base ?? 'none'), head: String(head ?? 'none') }];
}

function pairNotes(base: Measured, head: Measured): string[] {
  const differences = [
    ...difference('perfkit', base.perfkit, head.perfkit),
    ...difference('OS release', base.environment.osRelease, head.environment.osRelease),
    ...difference('memory in bytes', base.environment.memoryBytes, head.environment.memoryBytes),
  ];
  return differences.map((one) => `${one.field} differs: ${one.base} and ${one.head}`);
}

function notesOn(run: Measured, side: string): string[] {
  const { environment, validity } = run;
  const busy = environment.loadAverage1m >= environment.cores;
  return [
    ...(validity.state === 'suspect'
      ? validity.reasons.map((reason) => `the ${side} is suspect: ${reason}`)
      : []),
    ...(run.aborted === undefined ? [] : [`the ${side} was stopped: ${run.aborted}`]),
    ...(run.complete || run.aborted !== undefined
      ? []
      : [`the ${side} was interrupted: its results are partial`]),
    ...(busy
      ? [
          `the machine was busy before the ${side}: load average ${environment.loadAverage1m.toFixed(1)} on ${environment.cores} cores`,
        ]
      : []),
  ];
}
