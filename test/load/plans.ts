import { plainStep } from '../../src/model/plain-step.ts';
import type { FlowPlan, LoadLimits, LoadPlan, PhasePlan, StepPlan } from '../../src/model/plan.ts';

export function step(changes: Partial<StepPlan> = {}): StepPlan {
  return { ...plainStep('get'), ...changes };
}

export function flow(steps: readonly StepPlan[] = [step()], weight = 1): FlowPlan {
  return { name: steps.map(({ name }) => name).join('-'), kind: 'requests', weight, steps };
}

/** A phase of all flows, unless `changes` names some. */
export function phase(changes: Partial<PhasePlan> = {}): PhasePlan {
  return {
    name: 'steady',
    forNs: 2e9,
    arrivals: { model: 'closed', users: 2 },
    flows: [],
    with: null,
    maxRequests: null,
    maxFlows: null,
    maxFlowsPerUser: null,
    pacingNs: null,
    measured: true,
    connections: 2,
    ...changes,
  };
}

export const limits: LoadLimits = {
  timeoutNs: 500e6,
  connectTimeoutNs: 500e6,
  maxBodyBytes: 10_000,
  maxHeaderBytes: 4096,
  maxWaiting: 20,
  gracefulStopNs: 300e6,
  pacing: 'precise',
};

export function loadPlan(changes: Partial<LoadPlan> = {}): LoadPlan {
  const { phases = [phase()], flows = [flow()] } = changes;
  return {
    schema: 'perfkit/plan@1',
    kind: 'load',
    scenario: { name: 'test', file: null, folder: '/', tags: [], hash: '', seed: 1 },
    metrics: [],
    targets: [],
    expectedNs: 0,
    target: { origin: 'http://127.0.0.1:80', builtin: null, allow: [] },
    limits,
    workers: 1,
    ...changes,
    flows,
    phases: phases.map((one) =>
      one.flows.length > 0 ? one : { ...one, flows: flows.map(({ name }) => name) },
    ),
  };
}
