import { nowNs } from '../../measure/clock.ts';
import { Histogram } from '../../measure/histogram.ts';
import { createRandom } from '../../measure/random.ts';
import { PerfkitError } from '../../model/errors.ts';
import type { BenchPlan } from '../../model/plan.ts';
import { revealSecrets } from '../../model/secrets.ts';
import type { OwnMemory } from '../record/own-memory.ts';
import type { DriverContext } from './driver.ts';
import { createKeySequence } from './key-sequence.ts';
import type { RoundTask } from '../rounds/round-result.ts';

/**
 * What a driver gets to make its subject. Histograms that it asks for are put into `histograms`; the order of keys, which
 * is the harness's, is not charged to the subject.
 */
export function createContext(
  plan: BenchPlan,
  task: RoundTask,
  histograms: Map<string, Histogram>,
  own: OwnMemory,
): DriverContext {
  const random = createRandom(plan.scenario.seed).fork(`round ${task.round}`);
  let keys: Uint32Array | null = null;
  return {
    subject: task.subject.name,
    options: reveal(task.subject.options),
    workload: plan.workload,
    concurrency: task.concurrency,
    random: random.fork('subject'),
    now: nowNs,
    keySequence: () => (keys ??= own.during(() => createKeySequence(plan.workload, random.fork('keys')))),
    histogram: (metric) => {
      if (!plan.metrics.some(({ name, kind }) => name === metric && kind === 'histogram')) {
        throw new PerfkitError(
          'scenario',
          `"${metric}" is no histogram metric: define it under \`metrics:\` in the scenario`,
        );
      }
      const histogram = histograms.get(metric) ?? new Histogram();
      histograms.set(metric, histogram);
      return histogram;
    },
  };
}

/** The options with the values of secrets in place of their names. */
function reveal(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, revealDeep(value)]));
}

function revealDeep(value: unknown): unknown {
  if (typeof value === 'string') return revealSecrets(value, process.env);
  if (Array.isArray(value)) return value.map(revealDeep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealDeep(inner)]));
}
