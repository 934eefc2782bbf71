import { readEnvironment } from '../measure/environment.ts';
import { createRedactor, secretNames } from '../model/secrets.ts';
import { guardRun } from './abort/guard-run.ts';
import { createCollector } from './collector.ts';
import { engineFailure } from './engine-failure.ts';
import { createRunLog } from './log/run-log.ts';
import { describeRun, toMeasured } from './measured.ts';
import type { Engine, EngineContext, EngineOutcome } from '../model/engine.ts';
import type { BenchPlan, LoadPlan, Plan } from '../model/plan.ts';
import type { Environment } from '../model/result.ts';
import type { LoadEngineName } from './load.ts';
import type { RunLogOptions } from './log/run-log.ts';
import type { Measured } from './measured.ts';

export interface RunOptions extends Partial<EngineContext> {
  /** Read once by the caller when it runs several plans. */
  readonly environment?: Environment;
  /** Where every interval is kept as it comes, so that a run that is killed can be told of. Default: nowhere. */
  readonly log?: RunLogOptions;
  /** What generates a load. Default: 'native'. */
  readonly engine?: LoadEngineName;
  /** Stop a load when nearly every request has failed for ten seconds. Default: true. */
  readonly stopOnFailures?: boolean;
}

/** Engines load only when their kind of plan comes. */
const engines = {
  bench: async () => (await import('./bench.ts')).runBench,
  load: async (name) => {
    const { runLoadWith } = await import('./load.ts');
    return (plan, context) => runLoadWith(name, plan, context);
  },
} satisfies {
  bench: () => Promise<Engine<BenchPlan>>;
  load: (name: LoadEngineName) => Promise<Engine<LoadPlan>>;
};

/**
 * Carry out a plan and add up what was measured. On abort it resolves with what there is, `complete: false`; so it
 * does, with an invalid result that says why, when the engine dies after it has measured something. Throws
 * PerfkitError when the run cannot be carried out (the server refuses, the module does not load).
 */
export async function run(plan: Plan, options: RunOptions = {}): Promise<Measured> {
  const environment = options.environment ?? readEnvironment();
  const redact = createRedactor(secretNames(plan), process.env);
  const collector = createCollector(plan.metrics);
  const header = describeRun(plan, environment, new Date());
  const log = options.log === undefined ? null : createRunLog(plan, header, options.log, redact);
  const guard = guardRun(plan, {
    signal: options.signal ?? new AbortController().signal,
    stopOnFailures: options.stopOnFailures ?? true,
  });
  const startNs = process.hrtime.bigint();
  let anything = false;
  const context: EngineContext = {
    sink: (interval) => {
      anything ||= interval.measured;
      collector.add(interval);
      log?.add(interval);
      guard.see(interval);
      options.sink?.(interval);
    },
    progress: options.progress ?? (() => undefined),
    signal: guard.signal,
  };
  try {
    const outcome = await start(plan, context, options.engine ?? 'native').catch((error: unknown) => {
      const failure = engineFailure(error);
      if (failure === null) throw error;
      if (!anything) throw failure;
      return died(failure.message);
    });
    const aborted = guard.aborted();
    const end = {
      durationNs: Number(process.hrtime.bigint() - startNs),
      complete: outcome.complete,
      ...(aborted !== null && { aborted: redact(aborted) }),
      validity: {
        ...outcome.validity,
        reasons: outcome.validity.reasons.map(redact),
        ...(outcome.validity.notes !== undefined && { notes: outcome.validity.notes.map(redact) }),
      },
      ...(outcome.slowest !== undefined && { slowest: outcome.slowest }),
    };
    log?.end(end);
    const collected = collector.finish();
    const errors = collected.errors.map((error) => ({ ...error, example: redact(error.example) }));
    return toMeasured(header, { ...collected, errors }, end);
  } finally {
    collector.destroy();
    guard.destroy();
    await log?.close();
  }
}

function died(why: string): EngineOutcome {
  return { complete: false, validity: { state: 'invalid', reasons: [why] } };
}

async function start(plan: Plan, context: EngineContext, engine: LoadEngineName): Promise<EngineOutcome> {
  return plan.kind === 'bench'
    ? (await engines.bench())(plan, context)
    : (await engines.load(engine))(plan, context);
}
