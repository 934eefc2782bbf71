import { metricCatalogue } from '../../src/model/metrics.ts';
import type { MetricDefinition } from '../../src/model/metrics.ts';
import type { BenchPlan, BenchRun, SubjectPlan, SubjectSource, Workload } from '../../src/model/plan.ts';

export const fixtures = new URL('./fixtures/', import.meta.url).pathname;

interface Parts {
  readonly workload?: Partial<Workload>;
  readonly run?: Partial<BenchRun>;
  readonly seed?: number;
  readonly metrics?: readonly MetricDefinition[];
}

/** A short bench plan in this process over the given subjects, with the folder of fixtures as its home. */
export function planFor(
  subjects: readonly SubjectPlan[],
  { workload, run, seed = 1, metrics = [] }: Parts = {},
): BenchPlan {
  return {
    schema: 'perfkit/plan@1',
    kind: 'bench',
    scenario: { name: 'test', file: null, folder: fixtures, tags: [], hash: '0', seed },
    metrics: [...metricCatalogue.bench, ...metrics],
    targets: [],
    expectedNs: 1e9,
    subjects,
    workload: { keys: 100, distribution: { kind: 'uniform' }, mix: {}, valueBytes: 64, ...workload },
    run: {
      warmupNs: 1e6,
      forNs: 5e6,
      rounds: 1,
      isolate: 'none',
      concurrency: [1],
      arrivals: 'closed',
      ...run,
    },
    reference: null,
  };
}

export function driver(name: string, options: Readonly<Record<string, unknown>> = {}): SubjectPlan {
  return { name, use: { kind: 'driver', driver: name }, options };
}

export function fixture(
  kind: 'function' | 'factory',
  exportName: string,
  module = './subjects.ts',
  options = {},
): SubjectPlan {
  const use: SubjectSource = { kind, module, export: exportName };
  return { name: exportName, use, options };
}
