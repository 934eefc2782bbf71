import { isHttp } from './choose-origin.ts';
import type { Imported, ImportedRequest } from './importer.ts';
import type { LeftOut } from './left-out.ts';
import type { SecretBox } from './secret-box.ts';
import { nameOf, stepName, toStep } from './to-step.ts';
import type { ImportedStep } from './to-step.ts';
import { stepYaml } from './write-scenario.ts';
import type { WrittenScenario } from './write-scenario.ts';

const maxFlows = 100;
const maxStepsOfFlow = 100;
/** A scenario file has at most 1 MiB. */
const maxStepBytes = 800_000;
/** And at most 100,000 values. */
const maxValues = 90_000;

/** The requests to `origin` as steps with names of their own, within what a scenario can hold. */
export function collectFlows(
  imported: Imported,
  { origin }: URL,
  secrets: SecretBox,
  leftOut: LeftOut,
): WrittenScenario['flows'] {
  // Twice: a secret of a later request may stand in an earlier one.
  for (const request of ownRequests(imported, origin)) toStep(request, secrets);
  const flowNames = new Set<string>();
  const names = new Set<string>();
  const flows: { name: string; steps: ImportedStep[] }[] = [];
  let bytes = 0;
  let values = 0;
  for (const { name, requests } of imported.flows) {
    const steps: ImportedStep[] = [];
    for (const request of requests.filter(({ url }) => isHttp(url))) {
      const label = nameOf(request, secrets);
      if (new URL(request.url).origin !== origin) {
        leftOut.add('other hosts; --host chooses another', new URL(request.url).host);
        continue;
      }
      if (steps.length >= maxStepsOfFlow) {
        leftOut.add(`a flow has at most ${maxStepsOfFlow} steps`, label);
        continue;
      }
      const step = toStep(request, secrets);
      const size = typeof step === 'string' ? 0 : Buffer.byteLength(stepYaml(step)) + 20;
      if (typeof step === 'string') leftOut.add(step, label);
      else if (bytes + size > maxStepBytes) leftOut.add('a scenario has at most 1 MiB', label);
      else if (values + valuesOf(step) > maxValues)
        leftOut.add('a scenario has at most 100,000 values', label);
      else {
        bytes += size;
        values += valuesOf(step);
        steps.push({ ...step, name: unique(step.name, names) });
      }
    }
    if (steps.length === 0) continue;
    if (flows.length < maxFlows) flows.push({ name: unique(stepName(name), flowNames), steps });
    else for (const step of steps) leftOut.add(`a scenario has at most ${maxFlows} flows`, step.name);
  }
  return flows;
}

/** No fewer than it will have. */
function valuesOf({ headers, body, status }: ImportedStep): number {
  const inBody = body?.kind === 'json' ? body.text.split(/[,:[{]/).length : 1;
  return 10 + 2 * headers.length + status.length + inBody;
}

/** Those that may become steps. */
function ownRequests(imported: Imported, origin: string): ImportedRequest[] {
  return imported.flows
    .slice(0, 2 * maxFlows)
    .flatMap(({ requests }) =>
      requests
        .filter(({ url }) => isHttp(url) && new URL(url).origin === origin)
        .slice(0, 2 * maxStepsOfFlow),
    );
}

function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name} (${number})`;
  taken.add(free);
  return free;
}
