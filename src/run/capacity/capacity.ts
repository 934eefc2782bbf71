import { setTimeout as sleep } from 'node:timers/promises';
import { judge } from '../../judge/judge.ts';
import { readEnvironment } from '../../measure/environment.ts';
import { PerfkitError } from '../../model/errors.ts';
import { startBuiltinServer } from '../builtin-server.ts';
import { run } from '../run.ts';
import { version } from '../version.ts';
import { assessStep, unreachableStep } from './assess-step.ts';
import { concludeSearch, curveOf } from './conclude-search.ts';
import { nextStep } from './next-step.ts';
import { createRateMeter } from './rate-meter.ts';
import { searchedTarget } from './search-settings.ts';
import { phaseNotes, stepLengthNs, stepPlan } from './step-plan.ts';
import { stepTargets } from './step-targets.ts';
import type { CapacityResult, CapacitySearch, CapacityStep } from '../../model/capacity.ts';
import type { Progress } from '../../model/engine.ts';
import type { LoadPlan } from '../../model/plan.ts';
import type { Environment, RunResult } from '../../model/result.ts';
import type { SearchEnd } from './next-step.ts';
import type { StepTargets } from './step-targets.ts';

export interface CapacityOptions {
  readonly search: CapacitySearch;
  /** Flows at once; null for what the scenario or the rate asks for. */
  readonly connections: number | null;
}

export interface CapacityContext {
  readonly signal: AbortSignal;
  /** Read once by the caller. Default: read now. */
  readonly environment?: Environment;
  /** Before each step: what will be run, and how long it takes. */
  readonly starting?: (step: Pick<CapacityStep, 'kind' | 'attempt' | 'ratePerSecond'>, forNs: number) => void;
  readonly progress?: (progress: Progress) => void;
  /** After each step, with all that was measured in it; null when the server could not be reached. */
  readonly stepped?: (step: CapacityStep, result: RunResult | null) => void;
  /** Stop a step when nearly every request has failed for ten seconds. Default: true. */
  readonly stopOnFailures?: boolean;
  /** Runs the plan of a step. Default: `run`. */
  readonly measure?: typeof run;
  /** Waits; rejects when the signal is aborted. Default: a timer. */
  readonly wait?: (ns: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Search the highest rate at which the targets hold: steps of open-loop load, each with its own warm-up, doubled,
 * bisected and confirmed (next-step.ts). On abort it resolves with the steps so far and the outcome `interrupted`.
 * Throws PerfkitError when the search cannot be carried out: the server refuses, the targets cannot be decided.
 */
export async function runCapacity(
  plan: LoadPlan,
  options: CapacityOptions,
  context: CapacityContext,
): Promise<CapacityResult> {
  const { search, connections } = options;
  if (connections !== null && connections < plan.workers) {
    throw new PerfkitError(
      'usage',
      `expected at least one connection for each of the ${plan.workers} workers, got ${connections}`,
    );
  }
  const targets = stepTargets(plan);
  // told before anything is started; higher rates need shorter steps
  stepLengthNs(plan, settingsOf(search.fromPerSecond, search.stepNs, options, targets));
  const started = new Date();
  const startNs = process.hrtime.bigint();
  const server =
    plan.target.builtin === null ? null : await startBuiltinServer(plan.target.builtin, plan.target.options);
  const target =
    server === null
      ? searchedTarget(plan.target, search)
      : { ...plan.target, origin: server.origin, builtin: null };
  const steps: CapacityStep[] = [];
  let end: SearchEnd | null = null;
  try {
    end = await searchWith({ ...plan, target }, options, targets, context, steps);
  } finally {
    await server?.stop();
  }
  const { name, file, hash, seed } = plan.scenario;
  return {
    schema: 'perfkit/capacity@1',
    perfkit: version,
    scenario: { name, file, hash, seed },
    environment: context.environment ?? readEnvironment(),
    started: started.toISOString(),
    durationNs: Number(process.hrtime.bigint() - startNs),
    search,
    targets: targets.listed,
    notes: [...phaseNotes(plan), ...targets.notes],
    steps,
    curve: curveOf(steps),
    ...concludeSearch(end, steps, search),
  };
}

/** Null when it was interrupted. Steps are added to `steps` as they end. */
async function searchWith(
  plan: LoadPlan,
  options: CapacityOptions,
  targets: StepTargets,
  context: CapacityContext,
  steps: CapacityStep[],
): Promise<SearchEnd | null> {
  const { search } = options;
  for (;;) {
    const decision = nextStep(steps, search);
    if (decision.kind === 'done') return decision;
    if (steps.length > 0 && !(await pause(search.pauseNs, context))) return null;
    const { kind, attempt, ratePerSecond } = decision;
    const askedNs = kind === 'soak' ? search.soakNs : search.stepNs;
    const settings = settingsOf(ratePerSecond, askedNs, options, targets);
    const forNs = stepLengthNs(plan, settings);
    context.starting?.({ kind, attempt, ratePerSecond }, search.warmupNs + forNs);
    const ran = await runStep(stepPlan(plan, { ...settings, forNs }), context).catch((error: unknown) => {
      // a server that is gone after it has served did not hold this rate
      if (steps.length > 0 && error instanceof PerfkitError && error.code === 'target') return error;
      throw error;
    });
    if (ran === null) return null;
    const step =
      ran instanceof PerfkitError
        ? unreachableStep({ kind, attempt, ratePerSecond }, ran.message)
        : assessStep({ kind, attempt, ratePerSecond, forNs, ...ran });
    steps.push(step);
    context.stepped?.(step, ran instanceof PerfkitError ? null : ran.result);
  }
}

function settingsOf(
  ratePerSecond: number,
  forNs: number,
  { search, connections }: CapacityOptions,
  { targets }: StepTargets,
): Parameters<typeof stepPlan>[1] {
  return { ratePerSecond, warmupNs: search.warmupNs, forNs, targets, connections };
}

async function runStep(
  plan: LoadPlan,
  { signal, environment, progress, stopOnFailures, measure = run }: CapacityContext,
): Promise<{ result: RunResult; meter: ReturnType<typeof createRateMeter> } | null> {
  if (signal.aborted) return null;
  const meter = createRateMeter();
  const measured = await measure(plan, {
    signal,
    sink: meter.see,
    ...(environment !== undefined && { environment }),
    ...(progress !== undefined && { progress }),
    ...(stopOnFailures !== undefined && { stopOnFailures }),
  });
  // an interrupted step is no step; one that perfkit stopped itself is one that fails
  if (!measured.complete && measured.aborted === undefined && signal.aborted) return null;
  return { result: { ...measured, verdict: judge(measured, plan.targets) }, meter };
}

/** What is left of the server's queue drains. False when it was interrupted. */
async function pause(ns: number, { signal, wait = waitNs }: CapacityContext): Promise<boolean> {
  if (signal.aborted) return false;
  return await wait(ns, signal).then(
    () => true,
    () => false,
  );
}

async function waitNs(ns: number, signal: AbortSignal): Promise<void> {
  await sleep(ns / 1e6, undefined, { signal });
}
