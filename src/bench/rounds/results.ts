import type { Results } from '../samplers/loops.ts';

/** Eight places of mixed kinds, so that V8 keeps a general array from the start and any result fits. */
export function createResults(): Results {
  return [null, 'result', 0.5, {}, [], true, undefined, 1];
}
