import type { CapacityResult } from './capacity.ts';
import type { MetricDefinition } from './metrics.ts';
import type { Environment, Verdict } from './result.ts';

/**
 * What `perfkit capacity` found for every variant of a server, and whether the targets on `capacity` hold: the document
 * that `--json` prints and `capacity.json` holds for a scenario with subjects (schema/capacities-v1.json).
 */
export interface CapacitiesResult {
  readonly schema: 'perfkit/capacities@1';
  readonly perfkit: string;
  readonly scenario: CapacityResult['scenario'];
  readonly environment: Environment;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly durationNs: number;
  /** Subject that `reference` means in targets; null when there is none. */
  readonly reference: string | null;
  /** In the order in which they were searched; those after an interrupt are missing. */
  readonly subjects: readonly SubjectCapacity[];
  readonly verdict: Verdict;
}

export interface SubjectCapacity {
  readonly name: string;
  readonly result: CapacityResult;
}

/** What targets say of a search: `capacity{subject:on} rate >= reference * 2`. No load run measures it. */
export const capacityMetric: MetricDefinition = {
  name: 'capacity',
  kind: 'counter',
  unit: 'count',
  rate: 'per-second',
  better: 'higher',
  help: 'highest rate at which the other targets hold, flows started a second (perfkit capacity)',
};
