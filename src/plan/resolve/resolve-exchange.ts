import { parseJsonPath } from '../../model/json-path.ts';
import { readPattern } from '../scenario/read-pattern.ts';
import type {
  CapturePlan,
  CaptureSource,
  ExpectPlan,
  JsonPath,
  TextExpectation,
} from '../../model/exchange-plan.ts';
import type { Path } from '../problems/problem.ts';
import type { PlanContext } from './plan-context.ts';
import type { WrittenStep } from './resolve-step.ts';

type WrittenCapture = NonNullable<WrittenStep['capture']>[string];

export function resolveCaptures(
  captures: NonNullable<WrittenStep['capture']>,
  path: Path,
  context: PlanContext,
): CapturePlan[] {
  return Object.entries(captures).map(([name, written]) => {
    const source = sourceOf(written);
    if (source === null)
      context.report([...path, name], 'expected exactly one of json, header, regex and cookie');
    return { name, source: source ?? { from: 'json', path: [] } };
  });
}

/** Null when it says nothing beside the status. */
export function resolveExpect({
  header = {},
  body = {},
  json = {},
}: NonNullable<WrittenStep['expect']>): ExpectPlan | null {
  const texts = [
    textOf('contains', body.contains),
    textOf('equals', body.equals),
    body.matches === undefined ? null : ({ kind: 'matches', pattern: body.matches } as const),
  ].filter((one) => one !== null);
  const plan = {
    headers: Object.entries(header).map(([name, value]) => ({ name, value: headerText(value) })),
    body: texts,
    json: Object.entries(json).map(([shown, value]) => ({
      path: pathOf(shown),
      shown,
      value: JSON.stringify(value ?? null),
    })),
  };
  return plan.headers.length + plan.body.length + plan.json.length === 0 ? null : plan;
}

/** Null unless exactly one is given. */
function sourceOf(written: WrittenCapture): CaptureSource | null {
  const fields: Exclude<WrittenCapture, string> = typeof written === 'string' ? { json: written } : written;
  const { json, header, regex, cookie } = fields;
  const sources: CaptureSource[] = [];
  if (json !== undefined) sources.push({ from: 'json', path: pathOf(json) });
  if (header !== undefined) sources.push({ from: 'header', header });
  if (regex !== undefined) sources.push({ from: 'regex', pattern: regex });
  if (cookie !== undefined) sources.push({ from: 'cookie', cookie });
  return sources.length === 1 ? (sources[0] ?? null) : null;
}

function textOf(kind: 'contains' | 'equals', text: string | undefined): TextExpectation | null {
  return text === undefined ? null : { kind, text };
}

function headerText(value: string): TextExpectation {
  const pattern = readPattern(value);
  return pattern === null ? { kind: 'equals', text: value } : { kind: 'matches', pattern };
}

/** The schema has accepted it. */
function pathOf(text: string): JsonPath {
  return parseJsonPath(text) ?? [];
}
