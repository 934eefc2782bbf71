import { PerfkitError } from '../../model/errors.ts';
import { parseTemplate } from '../../model/template.ts';
import { formatDurationNs } from '../../model/units.ts';
import type { FlowPlan, LoadPlan, LoadTarget, PhasePlan, StepPlan } from '../../model/plan.ts';

/** Fields that are carried out here (or say nothing to autocannon). */
const targetFields = new Set(['origin', 'builtin', 'options', 'allow', 'protocol', 'perConnection']);
const flowFields = new Set(['name', 'kind', 'weight', 'steps']);
const stepFields = new Set(['name', 'method', 'path', 'headers', 'body', 'bodyFormat', 'expectStatus']);
const phaseFields = new Set(['name', 'forNs', 'arrivals', 'flows', 'maxRequests', 'measured', 'connections']);

/**
 * autocannon keeps so many connections busy with the same requests over HTTP/1.1 and nothing else. Throws PerfkitError
 * with all that the plan asks for beyond that: a second opinion on something else would be none.
 */
export function refusePlan(plan: LoadPlan): void {
  const faults = [
    ...targetFaults(plan.target),
    ...(plan.limits.timeoutNs < 1e9
      ? [`its shortest time-out is 1s, got ${formatDurationNs(plan.limits.timeoutNs)}`]
      : []),
    ...(plan.flows.length === 1 ? [] : [`it has one flow, the scenario has ${plan.flows.length}`]),
    ...(plan.workers === 1 ? [] : ['it runs on one thread here: expected 1 worker']),
    ...plan.phases.flatMap(phaseFaults),
    ...plan.flows.flatMap(flowFaults),
  ];
  if (faults.length === 0) return;
  throw new PerfkitError(
    'usage',
    `autocannon cannot carry out this scenario; use --engine native:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
  );
}

function targetFaults(target: LoadTarget): string[] {
  const { origin, protocol = 'http1', perConnection = 1 } = target;
  const faults = unknownFields(target, targetFields).map((field) => `target: it has no \`${field}\``);
  if (new URL(origin).protocol !== 'http:')
    faults.push('it never verifies certificates: expected an http:// target');
  if (protocol !== 'http1') faults.push(`it speaks HTTP/1.1 only, not ${protocol}`);
  if (perConnection !== 1) faults.push('it has one request at a time on each connection here');
  return faults;
}

function flowFaults(flow: FlowPlan): string[] {
  const faults = unknownFields(flow, flowFields).map((field) => `flow ${flow.name}: it has no \`${field}\``);
  if (flow.kind !== 'requests') return [...faults, `flow ${flow.name}: it sends requests, not ${flow.kind}`];
  return [...faults, ...flow.steps.flatMap(stepFaults)];
}

function phaseFaults(phase: PhasePlan): string[] {
  const { name, arrivals } = phase;
  if (arrivals.model === 'open') {
    return [
      `phase ${name}: it sends a rate in bursts once a second and back-fills latencies wrongly: expected users, not a rate`,
    ];
  }
  if (arrivals.toUsers !== undefined)
    return [`phase ${name}: its number of connections is fixed: expected users without a ramp`];
  return unknownFields(phase, phaseFields).map((field) => `phase ${name}: it has no \`${field}\``);
}

function stepFaults(step: StepPlan): string[] {
  const faults = unknownFields(step, stepFields).map((field) => `step ${step.name}: it has no \`${field}\``);
  // its parser waits for the body that a reply to HEAD only announces
  if (step.method === 'HEAD') faults.push(`step ${step.name}: it cannot read replies to HEAD`);
  const texts = [step.path, step.body ?? '', ...step.headers.map(([, value]) => value)];
  if (texts.some((text) => parseTemplate(text).variables.length > 0))
    faults.push(`step ${step.name}: it sends the same request each time, without variables`);
  const names = step.headers.map(([header]) => header.toLowerCase());
  const twice = names.find((header, index) => names.indexOf(header) !== index);
  if (twice !== undefined) faults.push(`step ${step.name}: it sends a header once, ${twice} is there twice`);
  return faults;
}

/** Whatever else is asked for, now or by a later version of plans. */
function unknownFields(of: object, known: ReadonlySet<string>): string[] {
  return Object.entries(of).flatMap(([field, value]: [string, unknown]) =>
    known.has(field) || isAbsent(value) ? [] : [field],
  );
}

function isAbsent(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
