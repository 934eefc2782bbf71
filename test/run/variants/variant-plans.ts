import { metricCatalogue } from '../../../src/model/metrics.ts';
import type { LoadPlan, LoadSubjectPlan } from '../../../src/model/plan.ts';

/** Builders for plans of several servers: each test says only what matters to it. */

export function loadSubject(name: string): LoadSubjectPlan {
  return { name, target: { origin: `http://127.0.0.1:1`, builtin: null, allow: [] } };
}

export function variantPlan(names: readonly string[], more: Partial<LoadPlan> = {}): LoadPlan {
  return {
    schema: 'perfkit/plan@1',
    kind: 'load',
    scenario: { name: 'example', file: null, folder: '/', tags: [], hash: '0123456789abcdef', seed: 5 },
    metrics: metricCatalogue.load,
    targets: [],
    expectedNs: 10e9,
    target: { origin: 'http://127.0.0.1:1', builtin: null, allow: [] },
    phases: [],
    flows: [],
    limits: {
      timeoutNs: 1e9,
      connectTimeoutNs: 1e9,
      maxBodyBytes: 1e6,
      maxHeaderBytes: 1e5,
      maxWaiting: 10,
      gracefulStopNs: 1e9,
      pacing: 'eco',
    },
    workers: 1,
    subjects: names.map(loadSubject),
    rounds: 2,
    reference: names[0] ?? null,
    ...more,
  };
}
