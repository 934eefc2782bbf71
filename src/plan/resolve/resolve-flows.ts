import { reportDuplicates } from '../problems/report-duplicates.ts';
import type { FlowPlan, StepPlan } from '../../model/plan.ts';
import type { PlanContext } from './plan-context.ts';
import type { LoadScenario } from '../scenario/schema.ts';

/** Flows as written, or one GET of `urlPath` when there are none. */
export function resolveFlows(
  flows: LoadScenario['flows'],
  urlPath: string,
  context: PlanContext,
): FlowPlan[] {
  if (flows === undefined) {
    const step: WrittenStep = { get: urlPath };
    return [{ name: 'main', weight: 1, steps: [resolveStep(step, ['flows', 0, 'steps', 0], context)] }];
  }
  const resolved = flows.map(({ name, weight = 1, steps }, flowIndex) => ({
    name,
    weight,
    steps: steps.map((step, index) => resolveStep(step, ['flows', flowIndex, 'steps', index], context)),
  }));
  reportDuplicates(
    resolved.map(({ name }) => name),
    (index) => ['flows', index, 'name'],
    'flow',
    context,
  );
  const places = resolved.flatMap((flow, flowIndex) =>
    flow.steps.map((step, index) => ({ name: step.name, path: ['flows', flowIndex, 'steps', index] })),
  );
  reportDuplicates(
    places.map(({ name }) => name),
    (index) => places[index]?.path ?? [],
    'step',
    context,
  );
  return resolved;
}

type WrittenStep = NonNullable<LoadScenario['flows']>[number]['steps'][number];

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

function resolveStep(step: WrittenStep, path: readonly (string | number)[], context: PlanContext): StepPlan {
  const written = methods.filter((method) => step[method] !== undefined);
  const [method = 'get'] = written;
  if (written.length !== 1) {
    const got = written.length === 0 ? 'none of them' : written.join(' and ');
    context.report(
      path,
      `expected exactly one of ${methods.join(', ')} with the path as its value, got ${got}`,
    );
  }
  if (step.body !== undefined && step.json !== undefined)
    context.report([...path, 'json'], 'expected either `body` or `json`, got both');
  const target = step[method] ?? '/';
  const headers = Object.entries(step.headers ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, one] as const),
  );
  const typed = headers.some(([name]) => name.toLowerCase() === 'content-type');
  const status = step.expect?.status;
  return {
    name: step.name ?? defaultName(method, target),
    method: method.toUpperCase(),
    path: target,
    headers: step.json === undefined || typed ? headers : [...headers, ['content-type', 'application/json']],
    body: step.json === undefined ? (step.body ?? null) : JSON.stringify(step.json),
    bodyFormat: step.json === undefined ? 'text' : 'json',
    expectStatus: status === undefined ? [] : [status].flat(),
  };
}

/** `GET /items`: without the query, which would make a tag of every value, and without what a tag cannot hold. */
function defaultName(method: string, path: string): string {
  const plain = path
    .split('?')[0]
    ?.replace(/\$\{secret:(\w+)\}/g, '[secret:$1]')
    .replace(/[{},]/g, '_');
  return `${method.toUpperCase()} ${plain}`.slice(0, 100);
}
