import type { StepPlan } from './plan.ts';

/** A GET of `/` without anything to it, for steps that are made and not written. */
export function plainStep(name: string): StepPlan {
  return {
    name,
    method: 'GET',
    path: '/',
    headers: [],
    body: null,
    bodyFormat: 'text',
    expectStatus: [],
    think: null,
  };
}
