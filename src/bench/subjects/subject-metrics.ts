import { PerfkitError } from '../../model/errors.ts';
import type { CounterSlice, GaugeSlice } from '../../model/interval.ts';
import type { MetricDefinition } from '../../model/metrics.ts';
import type { Subject } from './driver.ts';

/**
 * What the subject says of itself. Whether a number is a gauge or a counter, and what its rate divides by, is taken
 * from the metric's definition. Throws PerfkitError for a name that is not defined or a value that is no number.
 */
export function readSubjectMetrics(
  name: string,
  subject: Subject,
  definitions: readonly MetricDefinition[],
  durationNs: number,
  calls: number,
): { readonly counters: readonly CounterSlice[]; readonly gauges: readonly GaugeSlice[] } {
  const counters: CounterSlice[] = [];
  const gauges: GaugeSlice[] = [];
  for (const [metric, value] of Object.entries(subject.metrics?.() ?? {})) {
    const definition = definitions.find((one) => one.name === metric);
    if (definition === undefined) {
      throw new PerfkitError(
        'scenario',
        `subject ${name} reports a metric "${metric}" that is not defined: add it under \`metrics:\` in the scenario`,
      );
    }
    if (!Number.isFinite(value)) {
      throw new PerfkitError(
        'target',
        `subject ${name}: expected the metric "${metric}" to be a number, got ${String(value)}`,
      );
    }
    if (definition.kind === 'histogram') {
      throw new PerfkitError(
        'scenario',
        `subject ${name}: "${metric}" is a histogram: record into context.histogram("${metric}") instead`,
      );
    }
    if (definition.kind === 'gauge') gauges.push({ metric, tags: {}, value });
    else
      counters.push({ metric, tags: {}, count: value, of: definition.rate === 'ratio' ? calls : durationNs });
  }
  return { counters, gauges };
}
