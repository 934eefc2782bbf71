import { nowNs } from '../../measure/clock.ts';
import { readEnvironment } from '../../measure/environment.ts';
import type { BenchPlan } from '../../model/plan.ts';
import { version } from '../../run/version.ts';
import { pairsPerControl, runBout } from './run-bout.ts';
import type { BoutOptions } from './run-bout.ts';
import { missingOf, planBouts } from './plan-bouts.ts';
import type { SelfTestSize } from './plan-bouts.ts';
import type { SelfTestRecord } from './self-test-record.ts';
import { summarise } from './summarise.ts';
import type { SelfTestResult } from './summarise.ts';

export interface SelfTestOptions extends SelfTestSize, Omit<BoutOptions, 'environment' | 'now' | 'slotted'> {
  /** What an earlier run has left. */
  readonly done: readonly SelfTestRecord[];
  /** Told of each comparison at once, so that it can be kept. */
  readonly ended: (record: SelfTestRecord) => void | Promise<void>;
  readonly progress?: (progress: SelfTestProgress) => void;
}

export interface SelfTestProgress {
  readonly bout: number;
  readonly bouts: number;
  readonly scenario: string;
  readonly slot: number;
  readonly done: number;
  /** By how long the bouts took so far; null before the first has ended. */
  readonly leftNs: number | null;
}

/** Start of a process and the end of a round, beside what the plan says. */
const overheadNs = 200e6;

/**
 * Find out what the comparison of versions is worth on this machine: compare versions with themselves, and with
 * themselves made slower by a known share. Bouts go through the scenarios in turn. On abort it gives what has ended.
 */
export async function runSelfTest(
  plans: readonly BenchPlan[],
  options: SelfTestOptions,
): Promise<SelfTestResult> {
  const environment = readEnvironment();
  const startNs = nowNs();
  const started = new Date().toISOString();
  const records = [...options.done];
  const bouts = planBouts(options);
  let ran = 0;
  for (const [number, wanted] of bouts.entries()) {
    const plan = plans[number % plans.length];
    if (plan === undefined || options.signal.aborted) break;
    const done = records.filter(({ bout }) => bout === number).map(({ injected }) => injected);
    const missing = missingOf(wanted, done);
    if (missing.length === 0) continue;
    const arm = { label: 'base', revision: null, plan, package: null };
    const left = bouts.length - number;
    const bout = runBout(
      { number, arm, injections: missing },
      {
        ...options,
        environment,
        now: nowNs,
        slotted: (slot) =>
          options.progress?.({
            bout: number + 1,
            bouts: bouts.length,
            scenario: plan.scenario.name,
            slot,
            done: number / bouts.length,
            leftNs: ran === 0 ? null : ((nowNs() - startNs) / ran) * left,
          }),
      },
    );
    for await (const record of bout) {
      records.push(record);
      await options.ended(record);
    }
    ran++;
  }
  const settings = { comparisons: options.comparisons, settings: options.settings, looks: options.looks };
  const scenarios = plans.map(({ scenario, run }) => ({
    name: scenario.name,
    hash: scenario.hash,
    warmupNs: run.warmupNs,
    forNs: run.forNs,
  }));
  const head = { perfkit: version, environment, started, durationNs: nowNs() - startNs };
  return summarise(records, { ...head, ...settings, scenarios, complete: !options.signal.aborted });
}

/** How long a self-test takes: when every comparison is decided at the first look, and when none is before the last. */
export function selfTestTimes(
  plans: readonly BenchPlan[],
  { looks, ...size }: SelfTestSize & Pick<SelfTestOptions, 'looks'>,
): { readonly leastNs: number; readonly mostNs: number } {
  const roundNs =
    plans.reduce((sum, { run }) => sum + run.warmupNs + run.forNs + overheadNs, 0) /
    Math.max(plans.length, 1);
  const roundsPerPair = planBouts(size).reduce(
    (sum, { length }) => sum + 2 * length + 2 / pairsPerControl,
    0,
  );
  return {
    leastNs: roundsPerPair * roundNs * (looks[0]?.pairs ?? 0),
    mostNs: roundsPerPair * roundNs * (looks.at(-1)?.pairs ?? 0),
  };
}
