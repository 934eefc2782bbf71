import { plainStep } from '../../model/plain-step.ts';
import { reportDuplicates } from '../problems/report-duplicates.ts';
import { didYouMean } from '../problems/did-you-mean.ts';
import { sizeOfProjectFile } from '../read/project-file.ts';
import { splitModule } from '../read/module-path.ts';
import { checkVariables } from './check-variables.ts';
import { resolveStep } from './resolve-step.ts';
import type { CallPlan } from '../../model/exchange-plan.ts';
import type { FlowKind, FlowPlan, StepPlan } from '../../model/plan.ts';
import type { Path } from '../problems/problem.ts';
import type { LoadScenario } from '../scenario/schema.ts';
import type { PlanContext } from './plan-context.ts';
import type { DataColumns } from './resolve-data.ts';
import type { WrittenStep } from './resolve-step.ts';

type WrittenFlow = NonNullable<LoadScenario['flows']>[number];

/** Flows as written, or one GET of `urlPath` when there are none. */
export function resolveFlows(
  flows: LoadScenario['flows'],
  urlPath: string,
  columns: DataColumns,
  context: PlanContext,
): FlowPlan[] {
  if (flows === undefined) {
    const step: WrittenStep = { get: urlPath };
    const steps = [resolveStep(step, ['flows', 0, 'steps', 0], undefined, context)];
    return [{ name: 'main', kind: 'requests', weight: 1, steps }];
  }
  const resolved = flows.map((flow, index) => resolveFlow(flow, ['flows', index], columns, context));
  reportDuplicates(
    resolved.map(({ name }) => name),
    (index) => ['flows', index, 'name'],
    'flow',
    context,
  );
  const places = resolved.flatMap(({ steps, kind }, flowIndex) =>
    steps.map(({ name }, index) => ({
      name,
      path:
        kind === 'function'
          ? [
              'flows',
              flowIndex,
              ...(flows[flowIndex]?.operations === undefined ? ['name'] : ['operations', index]),
            ]
          : ['flows', flowIndex, 'steps', index],
    })),
  );
  reportDuplicates(
    places.map(({ name }) => name),
    (index) => places[index]?.path ?? [],
    'step',
    context,
  );
  return resolved;
}

function resolveFlow(flow: WrittenFlow, path: Path, columns: DataColumns, context: PlanContext): FlowPlan {
  const { name, weight = 1, steps, call } = flow;
  if ((steps === undefined) === (call === undefined)) {
    context.report(
      path,
      `expected either \`steps\` or \`call\` (a function), got ${call === undefined ? 'neither' : 'both'}`,
    );
  }
  if (call !== undefined) return resolveCall(flow, call, path, columns, context);
  for (const key of ['operations', 'data'] as const)
    if (flow[key] !== undefined) context.report([...path, key], `\`${key}\` goes with \`call\``);
  const resolved = (steps ?? []).map((step, index) =>
    resolveStep(step, [...path, 'steps', index], flow.auth, context),
  );
  checkVariables(flow, path, columns, context);
  const kind = kindOf(resolved, path, context);
  const looks = resolved.some(({ captures, redirects }) => captures !== undefined || redirects !== undefined);
  const cookies = kind === 'requests' && (flow.cookies ?? looks);
  return { name, kind, weight, steps: resolved, ...(cookies ? { cookies } : {}) };
}

/** A stream is all of its flow. */
function kindOf(steps: readonly StepPlan[], path: Path, context: PlanContext): FlowKind {
  const index = steps.findIndex(({ stream }) => stream !== undefined);
  const kind = steps[index]?.stream?.kind ?? 'requests';
  if (index >= 0 && steps.length > 1) {
    context.report(
      [...path, 'steps', index],
      'a step with ws or sse is the only one of its flow: give it a flow of its own',
    );
  }
  return kind;
}

function resolveCall(
  flow: WrittenFlow,
  call: string,
  path: Path,
  columns: DataColumns,
  context: PlanContext,
): FlowPlan {
  const { name, weight = 1, operations = [name], data = [], cookies = true } = flow;
  for (const [index, source] of data.entries()) {
    if (!columns.has(source)) {
      const known = [...columns.keys()];
      context.report(
        [...path, 'data', index],
        `unknown source of data \`${source}\`${known.length === 0 ? ': write it under `data:`' : didYouMean(source, known)}`,
      );
    }
  }
  if (flow.auth !== undefined)
    context.report([...path, 'auth'], '`auth` goes with `steps`: the function sends its own headers');
  // what the requests of a function are recorded as; the function says where they go
  const steps = operations.map(plainStep);
  return {
    name,
    kind: 'function',
    weight,
    steps,
    ...(cookies ? { cookies } : {}),
    call: resolveModuleOf(call, data, [...path, 'call'], context),
  };
}

function resolveModuleOf(call: string, data: readonly string[], path: Path, context: PlanContext): CallPlan {
  const reference = splitModule(call);
  if (typeof reference === 'string') {
    context.report(path, reference);
    return { module: '', export: '', data };
  }
  const size = sizeOfProjectFile(reference.module, context);
  if (typeof size === 'string') context.report(path, size);
  return { ...reference, data };
}
