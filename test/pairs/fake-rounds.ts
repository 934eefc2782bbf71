import { createRandom } from '../../src/measure/random.ts';
import type { RoundResult, RoundTask } from '../../src/bench/rounds/round-result.ts';
import { Histogram } from '../../src/measure/histogram.ts';
import type { Environment } from '../../src/model/result.ts';
import type { ArmPlan } from '../../src/pairs/arm.ts';
import type { MeasureRound } from '../../src/pairs/measure-round.ts';
import { driver, planFor } from '../bench/plan-for.ts';

export const environment: Environment = {
  node: 'v24.0.0',
  v8: '13',
  platform: 'linux',
  arch: 'x64',
  osRelease: '6',
  cpuModel: 'test',
  cores: 2,
  cpuQuota: null,
  memoryBytes: 1e9,
  ci: null,
  loadAverage1m: 0,
  clockCostNs: 40,
  fingerprint: 'f',
};

export function armOf(label: string): ArmPlan {
  return { label, revision: null, package: null, plan: planFor([driver('noop')]) };
}

export interface Asked {
  readonly arm: string;
  readonly task: RoundTask;
}

/** Rounds in which an operation takes what `costNs` says, give or take 1 % of a seeded noise. */
export function fakeRounds(costNs: (arm: string, task: RoundTask) => number): {
  readonly measure: MeasureRound;
  readonly asked: Asked[];
} {
  const random = createRandom(5);
  const asked: Asked[] = [];
  return {
    asked,
    measure: (arm, task, signal) => {
      asked.push({ arm: arm.label, task });
      const noise = 1 + (random.next() - 0.5) / 50;
      return Promise.resolve(signal.aborted ? null : roundOf(costNs(arm.label, task) * noise));
    },
  };
}

/** A round in which 3000 operations took so long. */
export function roundOf(costNs: number): RoundResult {
  const histogram = new Histogram();
  for (let call = 0; call < 3000; call++) histogram.record(costNs * (1 + (call % 7) / 1000));
  const data = histogram.encode();
  histogram.destroy();
  return {
    durationNs: 3000 * costNs,
    histograms: [{ metric: 'op_duration', tags: {}, data, censored: new Uint8Array(0) }],
    counters: [
      { metric: 'throughput', tags: {}, count: 3000, of: 3000 * costNs },
      { metric: 'errors', tags: {}, count: 0, of: 3000 },
      { metric: 'gc_count', tags: {}, count: 4, of: 3000 * costNs },
    ],
    gauges: [{ metric: 'rss', tags: {}, value: 1e8 }],
    errors: [],
    evidence: { complete: true, deadCode: null, callsPerSecond: 1e9 / costNs, cpuShare: 1, core: null },
    usage: { operations: 3000, cpuNs: 3000 * costNs, allocatedBytes: 96_000, gcCount: 4, gcNs: 2e6 },
  };
}
