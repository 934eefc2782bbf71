import { parseThink } from '../scenario/parse-think.ts';
import { resolveAuth } from './resolve-auth.ts';
import { resolveContent, withQuery } from './resolve-content.ts';
import { resolveCaptures, resolveExpect } from './resolve-exchange.ts';
import { resolveStream } from './resolve-stream.ts';
import type { StepPlan } from '../../model/plan.ts';
import type { Path } from '../problems/problem.ts';
import type { LoadScenario } from '../scenario/schema.ts';
import type { PlanContext } from './plan-context.ts';

type WrittenFlow = NonNullable<LoadScenario['flows']>[number];
export type WrittenStep = NonNullable<WrittenFlow['steps']>[number];

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;
const places = [...methods, 'ws', 'sse'] as const;

/** Keys that go with a request and not with a stream. */
const requestOnly = ['query', 'body', 'json', 'form', 'multipart', 'redirects', 'expect', 'capture'] as const;

/** `auth` is the flow's, for steps that have none of their own. */
export function resolveStep(
  step: WrittenStep,
  path: Path,
  auth: WrittenFlow['auth'],
  context: PlanContext,
): StepPlan {
  const written = places.filter((place) => step[place] !== undefined);
  const [place = 'get'] = written;
  if (written.length !== 1) {
    const got = written.length === 0 ? 'none of them' : written.join(' and ');
    context.report(
      path,
      `expected exactly one of ${places.join(', ')} with the path as its value, got ${got}`,
    );
  }
  const stream = resolveStream(step, path, context);
  if (stream !== null) {
    for (const key of requestOnly)
      if (step[key] !== undefined)
        context.report([...path, key], `\`${key}\` goes with a request, not with \`${place}\``);
  }
  const target = step[place] ?? '/';
  const method = stream === null ? place : 'get';
  const content = resolveContent(step, path, context);
  const expect = step.expect === undefined ? null : resolveExpect(step.expect);
  const status = step.expect?.status;
  const { redirects = 0, capture } = step;
  return {
    name: step.name ?? defaultName(place, target),
    method: method.toUpperCase(),
    path: withQuery(target, step.query),
    headers: headersOf(step, content.bodyFormat),
    ...content,
    ...authOf(step, auth, path, context),
    ...(capture === undefined ? {} : { captures: resolveCaptures(capture, [...path, 'capture'], context) }),
    ...(expect === null ? {} : { expect }),
    ...(redirects === 0 ? {} : { redirects }),
    expectStatus: status === undefined ? [] : [status].flat(),
    ...(stream === null ? {} : { stream }),
    think: step.think === undefined ? null : parseThink(step.think),
  };
}

/** As written, with the one of the format and of a bearer token. */
function headersOf(step: WrittenStep, format: StepPlan['bodyFormat']): [string, string][] {
  const headers = Object.entries(step.headers ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  const has = (name: string): boolean => headers.some((header) => header[0].toLowerCase() === name);
  if (format === 'json' && !has('content-type')) headers.push(['content-type', 'application/json']);
  return headers;
}

/** The step's own, or that of its flow. */
function authOf(
  step: WrittenStep,
  ofFlow: WrittenFlow['auth'],
  path: Path,
  context: PlanContext,
): Pick<StepPlan, 'basicAuth' | 'bearer'> {
  const at = step.auth === undefined ? [...path.slice(0, 2), 'auth'] : [...path, 'auth'];
  const headers = { names: Object.keys(step.headers ?? {}), at: [...path, 'headers'] };
  return resolveAuth({ auth: step.auth ?? ofFlow, at, headers }, context);
}

/** `GET /items/:id`: without the query, which would make a tag of every value, and without what a tag cannot hold. */
function defaultName(method: string, path: string): string {
  const plain = path
    .split('?')[0]
    ?.replace(/\$\{secret:(\w+)\}/g, '[secret:$1]')
    .replace(/\$\{(?:\w+:)?([^{}]*)\}/g, ':$1')
    .replace(/[{},]/g, '_');
  return `${method.toUpperCase()} ${plain}`.slice(0, 100);
}
