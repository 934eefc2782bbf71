import type { Figures, LiveTarget } from '../../../src/index.ts';
import type { LiveState } from '../../../src/cli/live/live-state.ts';

/** Builders for what a screen shows. */

export function figures(more: Partial<Figures> = {}): Figures {
  return {
    slice: 1,
    durationNs: 1e9,
    measured: true,
    of: 'steady',
    segment: '',
    succeeded: 396,
    failed: 0,
    due: 400,
    p50Ns: 1.2e6,
    p95Ns: 4.5e6,
    p99Ns: 12e6,
    lagP99Ns: 25e3,
    loopDelayNs: null,
    gauges: { in_flight: 12, waiting: 0, connections: 50, cpu: 0.34 },
    errors: [],
    ...more,
  };
}

export function liveTarget(expr: string, state: LiveTarget['state'], actual: number | null): LiveTarget {
  return {
    state,
    result: {
      id: null,
      scenario: 'api',
      expr,
      source: null,
      severity: 'error',
      line: null,
      outcome: 'pass',
      actual,
      bounded: false,
      limit: 1,
      margin: null,
      unit: 'ns',
      perSecond: false,
      tags: {},
      reason: null,
    },
  };
}

export function liveState(more: Partial<LiveState> = {}): LiveState {
  return {
    name: 'api',
    kind: 'load',
    part: 1,
    parts: 1,
    label: 'steady 400/s',
    done: 0.32,
    etaNs: 20e9,
    open: true,
    slices: [figures({ p50Ns: 0.6e6 }), figures({ succeeded: 200 }), figures()],
    succeeded: 12_300,
    failed: 0,
    errors: [],
    targets: [],
    ...more,
  };
}
