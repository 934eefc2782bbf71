import { usageMetrics } from './usage-metrics.ts';
import type { Gate } from './series-table.ts';

export interface GateOptions {
  /** Whether a metric of a run decides in every comparison. */
  readonly decides: (metric: string, gates: readonly string[] | null) => boolean;
  /** Metrics that decide; null: those that perfkit chooses. */
  readonly gates: readonly string[] | null;
}

/** Fewer collections than this in a process, and their number says more of chance than of the code. */
const fewestCollections = 30;

/** What an operation allocates decides too, and what collecting that takes where there is enough of it. */
export function createGate({ decides, gates }: GateOptions): Gate {
  const ofUsage = new Set(usageMetrics.map(({ name }) => name));
  return ({ metric, better }, samples) => {
    if (better === 'neither') return false;
    if (gates !== null || !ofUsage.has(metric)) return decides(metric, gates);
    if (metric === 'allocated_per_operation') return true;
    return metric !== 'cpu_per_operation' && (samples ?? 0) >= fewestCollections;
  };
}
