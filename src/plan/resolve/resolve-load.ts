import { checkCaps } from './check-caps.ts';
import { defaultSeed } from './plan-context.ts';
import { resolveData } from './resolve-data.ts';
import { resolveFlows } from './resolve-flows.ts';
import { resolveLimits } from './resolve-limits.ts';
import { expectedOfAllNs, resolveLoadSubjects } from './resolve-load-subjects.ts';
import { resolveLoadTarget } from './resolve-load-target.ts';
import { resolveMetrics } from './resolve-metrics.ts';
import { resolvePhases } from './resolve-phases.ts';
import { resolveServer } from './resolve-server.ts';
import { resolveServerMetrics } from './resolve-server-metrics.ts';
import { resolveTargets } from './resolve-targets.ts';
import { resolveWorkers } from './resolve-workers.ts';
import { capacityMetric } from '../../model/capacities.ts';
import type { LoadPlan } from '../../model/plan.ts';
import type { ServerPlan } from '../../model/server-plan.ts';
import type { TargetScope } from './resolve-targets.ts';
import type { PlanContext } from './plan-context.ts';
import type { LoadScenario } from '../scenario/schema.ts';

/** A plan without its hash. All that is wrong is reported to the context; the plan is of use only if nothing was. */
export async function resolveLoad(scenario: LoadScenario, context: PlanContext): Promise<LoadPlan> {
  const { target: written, path } = resolveLoadTarget(scenario, context);
  const { plans: data, columns } = resolveData(scenario.data, context);
  const flows = resolveFlows(scenario.flows, path, columns, context);
  const workers = resolveWorkers(scenario.workers, context);
  const phases = resolvePhases(scenario.phases, flows, workers, context);
  const load = { scenario, target: written, phases, workers };
  const variants = await resolveLoadSubjects(load, context);
  // a target that every subject replaces gets no load
  const target = variants === null ? await checkCaps(load, context) : written;
  const server = resolveServer(scenario, phases, context);
  const metrics = [
    ...resolveMetrics(scenario, context),
    ...resolveServerMetrics(server, scenario.targets),
    capacityMetric,
  ];
  const scope = {
    metrics,
    tags: {
      name: flows.flatMap((flow) => flow.steps.map((step) => step.name)),
      ...(variants !== null && { subject: variants.subjects.map(({ name }) => name) }),
    },
    absentTags: {
      phase: 'a phase is no tag: write `in NAME` after the limit',
      flow: 'series have no tag `flow`: use `name`, the name of a step',
      subject: 'only a load with `subjects` has the tag `subject`',
      round: 'rounds are merged into one series: remove the tag `round`',
    },
    phases,
    serverMetrics: serverMetricsOf(server),
    reference: referenceFault(variants) ?? (true as const),
  };
  return {
    schema: 'perfkit/plan@1',
    kind: 'load',
    scenario: {
      name: scenario.name,
      file: context.file,
      folder: context.folder,
      tags: scenario.tags ?? [],
      hash: '',
      seed: context.seed ?? scenario.seed ?? defaultSeed,
    },
    metrics,
    targets: resolveTargets(scenario.targets, scope, context),
    expectedNs: expectedOfAllNs(phases, variants),
    target,
    phases,
    flows,
    ...(data.length === 0 ? {} : { data }),
    limits: resolveLimits(scenario),
    workers,
    ...(server === null ? {} : { server }),
    ...variants,
  };
}

/** Why no limit may be `reference`; null when it may. */
function referenceFault(variants: Awaited<ReturnType<typeof resolveLoadSubjects>>): string | null {
  if (variants === null)
    return 'expected `subjects` in the scenario for a limit relative to one of them: compare with `baseline`, or list the variants';
  return variants.reference === null
    ? 'expected `reference: NAME` in the scenario, one of its subjects, for a limit relative to it'
    : null;
}

function serverMetricsOf(server: ServerPlan | null): TargetScope['serverMetrics'] {
  if (server === null) return 'none';
  return server.scrape === null ? 'process' : 'any';
}
