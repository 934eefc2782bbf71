import { readEnvironment } from '../../measure/environment.ts';
import { PerfkitError } from '../../model/errors.ts';
import { engineFailure } from '../engine-failure.ts';
import { segmentPlan } from '../variants/segment-plan.ts';
import { version } from '../version.ts';
import { runCapacity } from './capacity.ts';
import { judgeCapacities } from './judge-capacities.ts';
import { stepTargets } from './step-targets.ts';
import type { CapacitiesResult, SubjectCapacity } from '../../model/capacities.ts';
import type { CapacityStep } from '../../model/capacity.ts';
import type { LoadPlan, TargetPlan } from '../../model/plan.ts';
import type { RunResult } from '../../model/result.ts';
import type { CapacityContext, CapacityOptions } from './capacity.ts';

export interface CapacitiesContext extends Omit<CapacityContext, 'stepped'> {
  /** Before the search of a subject. */
  readonly searching?: (subject: string) => void;
  /** After each step, with all that was measured in it; null when the server could not be reached. */
  readonly stepped?: (step: CapacityStep, result: RunResult | null, subject: string) => void;
}

/** Stands for the server of a scenario without subjects. */
const onlySubject = 'target';

/**
 * Search the capacity of every subject, one after the other, each on a server of its own, and judge the targets on
 * `capacity`. On abort it resolves with what there is; so it does when a subject cannot be searched after another was.
 * Throws PerfkitError when the first cannot.
 */
export async function runCapacities(
  plan: LoadPlan,
  options: CapacityOptions,
  context: CapacitiesContext,
): Promise<CapacitiesResult> {
  const { subjects = [{ name: onlySubject, target: plan.target }], reference = null, scenario } = plan;
  const { searching, stepped, ...shared } = context;
  const environment = context.environment ?? readEnvironment();
  const started = new Date();
  const startNs = process.hrtime.bigint();
  // what cannot be decided is told before the first search
  stepTargets(plan);
  const found: SubjectCapacity[] = [];
  let broken: string | null = null;
  for (const subject of subjects) {
    if (context.signal.aborted || broken !== null) break;
    const { name } = subject;
    searching?.(name);
    const own = { ...segmentPlan(plan, { subject, seed: scenario.seed }), targets: targetsOf(plan, name) };
    const result = await runCapacity(own, options, {
      ...shared,
      environment,
      stepped: (step, ran) => stepped?.(step, ran, name),
    }).catch((error: unknown) => {
      const failure = engineFailure(error);
      if (failure === null) throw error;
      broken = `subject ${name}: ${failure.message}`;
      if (found.length === 0) throw new PerfkitError(failure.code, broken, { cause: error });
      return null;
    });
    if (result !== null) found.push({ name, result });
  }
  const { name, file, hash, seed } = scenario;
  return {
    schema: 'perfkit/capacities@1',
    perfkit: version,
    scenario: { name, file, hash, seed },
    environment,
    started: started.toISOString(),
    durationNs: Number(process.hrtime.bigint() - startNs),
    reference,
    subjects: found,
    verdict: judgeCapacities(plan, found, { expected: subjects.length, broken }),
  };
}

/** The targets that a subject has to meet in its own search, where it is the only one. */
function targetsOf({ targets }: LoadPlan, name: string): readonly TargetPlan[] {
  return targets.flatMap((one) => {
    const { subject = name, ...tags } = one.target.tags;
    return subject === name ? [{ ...one, target: { ...one.target, tags } }] : [];
  });
}

/** Whether the plan is searched with `runCapacities`: it has subjects, or says what its capacity has to be. */
export function hasCapacityTargets({ targets, subjects }: LoadPlan): boolean {
  return subjects !== undefined || targets.some(({ target }) => target.metric === 'capacity');
}
