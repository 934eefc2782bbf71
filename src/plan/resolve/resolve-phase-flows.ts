import { didYouMean } from '../problems/did-you-mean.ts';
import { printable } from '../problems/printable.ts';
import type { FlowPlan } from '../../model/plan.ts';
import type { LoadScenario } from '../scenario/schema.ts';
import type { PlanContext } from './plan-context.ts';

/** The flows that a phase chooses among: those it names, or all that no phase names. */
export function resolvePhaseFlows(
  phases: LoadScenario['phases'],
  index: number,
  flows: readonly FlowPlan[],
  context: PlanContext,
): FlowPlan[] {
  const path = ['phases', index];
  const { flow, flows: several } = phases[index] ?? {};
  if (flow !== undefined && several !== undefined)
    context.report([...path, 'flow'], 'expected either `flow` or `flows`, got both');
  const chosen: FlowPlan[] = [];
  const named = several ?? (flow === undefined ? [] : [flow]);
  for (const [at, name] of named.entries()) {
    const place = several === undefined ? [...path, 'flow'] : [...path, 'flows', at];
    const found = flows.find((one) => one.name === name);
    if (found === undefined) {
      const known = flows.map((one) => one.name);
      context.report(place, `unknown flow \`${printable(name, 60)}\`${didYouMean(name, known)}`);
    } else if (chosen.includes(found)) {
      context.report(place, `the flow \`${printable(name, 60)}\` is there twice`);
    } else {
      chosen.push(found);
    }
  }
  if (named.length === 0) {
    const taken = new Set(phases.flatMap((phase) => phase.flows ?? phase.flow ?? []));
    chosen.push(...flows.filter(({ name }) => !taken.has(name)));
    if (chosen.length === 0)
      context.report(path, 'every flow belongs to a phase that names it: say which `flow` this one runs');
  }
  checkKinds(chosen, path, context);
  return chosen;
}

/** One phase is carried out by one lane, and each kind has its own. */
function checkKinds(flows: readonly FlowPlan[], path: (string | number)[], context: PlanContext): void {
  const [first] = flows;
  const other = flows.find(({ kind }) => kind !== first?.kind);
  if (first === undefined || other === undefined) return;
  context.report(
    path,
    `the flows of a phase must be of one kind, but \`${first.name}\` is of kind ${first.kind} and \`${other.name}\` of kind ${other.kind}: give each a phase of its own, one \`with\` the other`,
  );
}
