import type { RoundUsage } from '../bench/rounds/round-result.ts';
import type { MetricDefinition } from '../model/metrics.ts';

interface UsageMetric extends Omit<MetricDefinition, 'rate'> {
  /** In all, to be divided by the operations. */
  readonly read: (usage: RoundUsage) => number;
  /** Events that the value is made of; null where it is exact. */
  readonly samples: (usage: RoundUsage) => number | null;
  /** Smallest difference that counts, in the unit. */
  readonly floor: (usage: RoundUsage) => number;
}

/** What perfkit's own loop, and the compiler beside it, allocate in a millisecond of work; an operation has its share. */
const loopBytesPerMs = 32_768;
/** An empty object, and less than any other. */
const smallestObjectBytes = 16;

/**
 * What an operation used of the process: nearly exact where times are not, so that a change shows in few pairs. They
 * are not metrics of a run: reading them takes a profiler that is too heavy for one.
 */
export const usageMetrics: readonly UsageMetric[] = [
  {
    name: 'allocated_per_operation',
    kind: 'gauge',
    unit: 'bytes',
    better: 'lower',
    help: 'JavaScript heap that an operation allocates',
    read: ({ allocatedBytes }) => allocatedBytes,
    samples: () => null,
    floor: ({ cpuNs, operations }) =>
      smallestObjectBytes + (loopBytesPerMs * cpuNs) / 1e6 / Math.max(operations, 1),
  },
  {
    name: 'collections_per_million',
    kind: 'gauge',
    unit: 'count',
    better: 'lower',
    help: 'garbage collections in a million operations',
    read: ({ gcCount }) => gcCount * 1e6,
    samples: ({ gcCount }) => gcCount,
    floor: () => 0,
  },
  {
    name: 'gc_per_operation',
    kind: 'gauge',
    unit: 'ns',
    better: 'lower',
    help: 'time in garbage collection, for an operation',
    read: ({ gcNs }) => gcNs,
    samples: ({ gcCount }) => gcCount,
    floor: () => 0,
  },
  {
    name: 'cpu_per_operation',
    kind: 'gauge',
    unit: 'ns',
    better: 'lower',
    help: 'CPU time of the whole process, for an operation',
    read: ({ cpuNs }) => cpuNs,
    samples: () => null,
    floor: () => 0,
  },
];
