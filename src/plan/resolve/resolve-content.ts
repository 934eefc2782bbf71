import { basename } from 'node:path';
import { parseTemplate } from '../../model/template.ts';
import { describeValue } from '../problems/printable.ts';
import { sizeOfProjectFile } from '../read/project-file.ts';
import type { ContentPlan, FilePlan, PartPlan } from '../../model/exchange-plan.ts';
import type { StepPlan } from '../../model/plan.ts';
import type { Path } from '../problems/problem.ts';
import type { PlanContext } from './plan-context.ts';
import type { WrittenStep } from './resolve-step.ts';

export type BodyOfStep = Pick<StepPlan, 'body' | 'bodyFormat' | 'content'>;

const maxFileBytes = 64 * 1024 ** 2;

/** What a step sends: a text, JSON, a form, several parts or a file. */
export function resolveContent(step: WrittenStep, path: Path, context: PlanContext): BodyOfStep {
  const { body, json, form, multipart } = step;
  const given = (['body', 'json', 'form', 'multipart'] as const).filter((key) => step[key] !== undefined);
  if (given.length > 1) {
    const last = given.at(-1) ?? 'json';
    const others = given.slice(0, -1).map((key) => `\`${key}\``);
    const got = given.length === 2 ? 'both' : 'more';
    context.report([...path, last], `expected either ${others.join(', ')} or \`${last}\`, got ${got}`);
  }
  if (json !== undefined) return { body: JSON.stringify(json), bodyFormat: 'json' };
  if (form !== undefined) return { body: encodeFields(form, formEncode), bodyFormat: 'form' };
  if (multipart !== undefined) {
    const parts = Object.entries(multipart).map(([name, value]) =>
      resolvePart(name, value, [...path, 'multipart', name], context),
    );
    return noText({ kind: 'multipart', parts });
  }
  if (body === undefined || typeof body === 'string') return { body: body ?? null, bodyFormat: 'text' };
  return noText({ kind: 'file', file: resolveFile(body.file, [...path, 'body', 'file'], context) });
}

/** A path with the fields of `query` added, percent-encoded; variables stay as they are. */
export function withQuery(path: string, query: WrittenStep['query']): string {
  if (query === undefined || Object.keys(query).length === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${encodeFields(query, encodeURIComponent)}`;
}

type Fields = NonNullable<WrittenStep['query']>;

function encodeFields(fields: Fields, encode: (text: string) => string): string {
  return Object.entries(fields)
    .map(([name, value]) => `${encode(name.toWellFormed())}=${encodeAround(String(value), encode)}`)
    .join('&');
}

/** Encode what stands between variables and secrets, which are encoded when their value is known. */
function encodeAround(text: string, encode: (text: string) => string): string {
  const { literals, variables } = parseTemplate(text);
  let out = '';
  for (const [index, literal] of literals.entries()) {
    out += literal
      .split(/(\$\{secret:\w+\})/)
      .map((piece, nth) => (nth % 2 === 1 ? piece : encode(piece.toWellFormed())))
      .join('');
    const variable = variables[index];
    if (variable !== undefined) out += text.slice(variable.offset, text.indexOf('}', variable.offset) + 1);
  }
  return out;
}

function formEncode(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+');
}

function noText(content: ContentPlan): BodyOfStep {
  return { body: null, bodyFormat: 'text', content };
}

function resolvePart(
  name: string,
  value: NonNullable<WrittenStep['multipart']>[string],
  path: Path,
  context: PlanContext,
): PartPlan {
  if (typeof value === 'string') return { name, text: value };
  const { type = 'application/octet-stream', filename = basename(value.path) } = value;
  return { name, file: resolveFile(value.path, [...path, 'path'], context), filename, type };
}

function resolveFile(file: string, path: Path, context: PlanContext): FilePlan {
  const bytes = sizeOfProjectFile(file, context);
  if (typeof bytes === 'string') context.report(path, bytes);
  else if (bytes > maxFileBytes)
    context.report(path, `expected a file of at most 64 MiB, ${describeValue(file)} has ${bytes} bytes`);
  return { path: file, bytes: typeof bytes === 'string' ? 0 : bytes };
}
