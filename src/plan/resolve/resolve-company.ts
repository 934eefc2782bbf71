import { didYouMean } from '../problems/did-you-mean.ts';
import { printable } from '../problems/printable.ts';
import type { PhaseCompany } from '../../model/plan.ts';
import type { LoadScenario } from '../scenario/schema.ts';
import type { PlanContext } from './plan-context.ts';

/** The phase that this one runs beside: one in series that stands before it. Null for a phase in series. */
export function resolveCompany(
  phases: LoadScenario['phases'],
  index: number,
  context: PlanContext,
): PhaseCompany | null {
  const phase = phases[index];
  if (phase?.with === undefined) return null;
  const path = ['phases', index, 'with'];
  const at = phases.findIndex(({ name }) => name === phase.with);
  const host = phases[at];
  if (host === undefined) {
    const names = phases.filter((other) => other.with === undefined).map(({ name }) => name);
    context.report(path, `unknown phase \`${printable(phase.with, 60)}\`${didYouMean(phase.with, names)}`);
  } else if (at === index) {
    context.report(path, 'a phase cannot run beside itself');
  } else if (host.with !== undefined) {
    context.report(
      path,
      `\`${host.name}\` itself runs beside \`${printable(host.with, 60)}\`: name that one, all of them start together`,
    );
  } else if (at > index) {
    context.report(path, `\`${host.name}\` comes later: move it before this phase`);
  }
  return { phase: phase.with, toItsEnd: phase.for === undefined };
}
