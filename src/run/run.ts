import { readEnvironment } from '../measure/environment.ts';
import { createRedactor, secretNames } from '../model/secrets.ts';
import { createCollector } from './collector.ts';
import { version } from './version.ts';
import type { Engine, EngineContext, EngineOutcome } from '../model/engine.ts';
import type { BenchPlan, LoadPlan, Plan } from '../model/plan.ts';
import type { Environment, RunResult, Series } from '../model/result.ts';

/** A result that has not been judged yet. */
export type Measured = Omit<RunResult, 'verdict'>;

export interface RunOptions extends Partial<EngineContext> {
  /** Read once by the caller when it runs several plans. */
  readonly environment?: Environment;
}

/** Engines load only when their kind of plan comes. */
const engines: { bench: () => Promise<Engine<BenchPlan>>; load: () => Promise<Engine<LoadPlan>> } = {
  bench: async () => (await import('./bench.ts')).runBench,
  load: async () => (await import('./load.ts')).runLoad,
};

/**
 * Carry out a plan and add up what was measured. On abort it resolves with what there is, `complete: false`.
 * Throws PerfkitError when the run cannot be carried out (the server refuses, the module does not load).
 */
export async function run(plan: Plan, options: RunOptions = {}): Promise<Measured> {
  const environment = options.environment ?? readEnvironment();
  const collector = createCollector(plan.metrics);
  const started = new Date();
  const startNs = process.hrtime.bigint();
  const context: EngineContext = {
    sink: (interval) => {
      collector.add(interval);
      options.sink?.(interval);
    },
    progress: options.progress ?? (() => undefined),
    signal: options.signal ?? new AbortController().signal,
  };
  try {
    const outcome = await start(plan, context);
    const redact = createRedactor(secretNames(plan), process.env);
    const { series: unordered, intervals, errors } = collector.finish();
    const series = inPlanOrder(unordered, plan);
    return {
      schema: 'perfkit/result@1',
      perfkit: version,
      scenario: {
        name: plan.scenario.name,
        kind: plan.kind,
        file: plan.scenario.file,
        hash: plan.scenario.hash,
        seed: plan.scenario.seed,
        tags: plan.scenario.tags,
        metrics: plan.metrics.filter((metric) => series.some((one) => one.metric === metric.name)),
        reference: plan.kind === 'bench' ? plan.reference : null,
      },
      environment,
      started: started.toISOString(),
      durationNs: Number(process.hrtime.bigint() - startNs),
      complete: outcome.complete,
      validity: { ...outcome.validity, reasons: outcome.validity.reasons.map(redact) },
      series,
      intervals,
      errors: errors.map((error) => ({ ...error, example: redact(error.example) })),
    };
  } finally {
    collector.destroy();
  }
}

/** Rounds run in a random order; reports show subjects as the scenario lists them, and metrics as the catalogue does. */
function inPlanOrder(series: readonly Series[], plan: Plan): Series[] {
  const subjects = plan.kind === 'bench' ? plan.subjects.map((subject) => subject.name) : [];
  const metrics = plan.metrics.map((metric) => metric.name);
  const place = ({ metric, tags }: Series): number =>
    Math.max(0, subjects.indexOf(tags['subject'] ?? '')) * metrics.length + metrics.indexOf(metric);
  return series.toSorted((a, b) => place(a) - place(b));
}

async function start(plan: Plan, context: EngineContext): Promise<EngineOutcome> {
  return plan.kind === 'bench'
    ? (await engines.bench())(plan, context)
    : (await engines.load())(plan, context);
}
