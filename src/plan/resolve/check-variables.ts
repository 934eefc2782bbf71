import { parseTemplate } from '../../model/template.ts';
import { didYouMean } from '../problems/did-you-mean.ts';
import { printable } from '../problems/printable.ts';
import type { Variable } from '../../model/template.ts';
import type { Path } from '../problems/problem.ts';
import type { LoadScenario } from '../scenario/schema.ts';
import type { PlanContext } from './plan-context.ts';
import type { DataColumns } from './resolve-data.ts';

type WrittenFlow = NonNullable<LoadScenario['flows']>[number];

/** Keys of a step that hold no variables, or are checked by whoever resolves them. */
const without: ReadonlySet<string> = new Set(['name', 'capture', 'think']);

/** Report every variable of a flow that can have no value where it stands. */
export function checkVariables(
  flow: WrittenFlow,
  flowPath: Path,
  columns: DataColumns,
  context: PlanContext,
): void {
  const steps = flow.steps ?? [];
  const all = steps.flatMap((step) => Object.keys(step.capture ?? {}));
  const captured = new Set<string>();
  const check = (value: unknown, path: Path, isStream: boolean): void => {
    eachText(value, path, (text, at) => {
      for (const { variable, offset } of parseTemplate(text).variables) {
        const wrong = isStream ? streamFault(variable) : faultOf(variable, captured, all, columns);
        if (wrong !== null) context.report(at, wrong, offset);
      }
    });
  };
  // what all steps send must be known before the first
  check(flow.auth, [...flowPath, 'auth'], false);
  for (const [index, step] of steps.entries()) {
    const path = [...flowPath, 'steps', index];
    const isStream = step.ws !== undefined || step.sse !== undefined;
    for (const [key, value] of Object.entries(step))
      if (!without.has(key)) check(value, [...path, key], isStream);
    for (const name of Object.keys(step.capture ?? {})) captured.add(name);
  }
}

/** Null when it has a value there. */
function faultOf(
  variable: Variable,
  captured: ReadonlySet<string>,
  all: readonly string[],
  columns: DataColumns,
): string | null {
  if (variable.kind === 'captured') {
    const { name } = variable;
    if (captured.has(name)) return null;
    if (all.includes(name))
      return `\`${name}\` is captured by this step or a later one: it has no value here`;
    const known = [...captured];
    const advice = known.length === 0 ? ': add `capture: {..}` to a step before' : didYouMean(name, known);
    return `no step before captures \`${printable(name, 60)}\`${advice}`;
  }
  if (variable.kind !== 'data') return null;
  const { source, column } = variable;
  const known = columns.get(source);
  if (known === undefined) {
    const sources = [...columns.keys()];
    const advice = sources.length === 0 ? ': write it under `data:`' : didYouMean(source, sources);
    return `unknown source of data \`${printable(source, 60)}\`${advice}`;
  }
  // a dotted name leads into an object of a JSON row
  if (known === null || known.includes(column) || known.includes(column.split('.')[0] ?? '')) return null;
  return `\`${printable(source, 60)}\` has no column \`${printable(column, 60)}\`${didYouMean(column, known)}`;
}

function streamFault({ kind }: Variable): string | null {
  return kind === 'iteration'
    ? null
    : `\${${kind}} is not possible in a step with ws or sse: expected \${iteration}`;
}

function eachText(value: unknown, path: Path, visit: (text: string, path: Path) => void): void {
  if (typeof value === 'string') {
    if (value.includes('${')) visit(value, path);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) eachText(item, [...path, index], visit);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) eachText(item, [...path, key], visit);
  }
}
