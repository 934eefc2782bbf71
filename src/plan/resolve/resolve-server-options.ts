import { didYouMean } from '../problems/did-you-mean.ts';
import { describeValue, printable } from '../problems/printable.ts';
import type { LoadTarget, ServerOptions } from '../../model/plan.ts';
import type { Path } from '../problems/problem.ts';
import type { PlanContext } from './plan-context.ts';

/** The options of a built-in server; nothing where there are none. Reports names and values that it does not know. */
export function resolveServerOptions(
  written: ServerOptions | undefined,
  builtin: string | null,
  at: Path,
  context: PlanContext,
): Pick<LoadTarget, 'options'> {
  if (written === undefined || Object.keys(written).length === 0) return {};
  if (builtin === null) {
    context.report(
      at,
      '`options` go to a built-in server (builtin:NAME): a live one has its own configuration',
    );
    return {};
  }
  const { serverOptions = {} } = context.known;
  const known = Object.hasOwn(serverOptions, builtin) ? serverOptions[builtin] : undefined;
  for (const [name, value] of Object.entries(written)) {
    if (known === undefined || known.names.length === 0)
      context.report([...at, name], `the built-in server \`${printable(builtin)}\` has no options`);
    else if (!known.names.includes(name))
      context.report([...at, name], `unknown option \`${printable(name)}\`${didYouMean(name, known.names)}`);
    else {
      const expected = known.expected(name, value);
      if (expected !== null)
        context.report([...at, name], `expected ${expected}, got ${describeValue(value)}`);
    }
  }
  return { options: written };
}
