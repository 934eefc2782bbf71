import { printable } from './printable.ts';
import type { PlanContext } from '../resolve/plan-context.ts';
import type { Path } from './problem.ts';

/** Report every name that was there before. */
export function reportDuplicates(
  names: readonly string[],
  pathOf: (index: number) => Path,
  what: string,
  context: PlanContext,
): void {
  const first = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, index);
      continue;
    }
    const line = context.lineOf(pathOf(before));
    const where = line === null ? `number ${before + 1}` : `line ${line}`;
    context.report(
      pathOf(index),
      `the ${what} \`${printable(name, 60)}\` is there twice: first ${line === null ? 'as' : 'in'} ${where}, again here; keep or rename one`,
    );
  }
}
