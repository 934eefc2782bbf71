import { join } from 'node:path';
import {
  openSelfTestLog,
  pairedDefaults,
  planLooks,
  prepareFolder,
  selfTestPlan,
  selfTestText,
  selfTestTimes,
  testGate,
  writeFileAtomic,
} from '../../index.ts';
import { PerfkitError, exitCodes } from '../../model/errors.ts';
import { formatDurationNs } from '../../model/units.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { selectPlans } from '../select-plans.ts';
import { createProgressLine } from './pairs-progress.ts';
import type { BenchPlan, SelfTestProgress, SelfTestResult } from '../../index.ts';
import type { GateFlags } from '../commands/gate.ts';
import type { ProgressLine } from './pairs-progress.ts';

/** Short operations, long ones, and ones that are awaited. */
const usualScenarios = ['cache/get', 'compressor/decompress-1kib', 'batcher/serialise'];
const files = { json: 'self-test.json', text: 'self-test.txt' } as const;

/** Run the self-test, keep every comparison, report, and give the exit code. Throws PerfkitError. */
export async function selfTest(names: readonly string[], flags: GateFlags): Promise<number> {
  const plans = await plansOf(names.length === 0 ? usualScenarios : names, flags);
  const settings = pairedDefaults;
  const looks = planLooks(flags.pairs);
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const folder = flags.out ?? join('reports', `${time}-gate-self-test-${process.pid}`);
  await prepareFolder(folder, Object.values(files));
  const log = await openSelfTestLog(folder, plans, { settings, looks });
  const interrupt = listenForInterrupt();
  const progress = createProgressLine(process.stderr, flags.quiet === true);
  const { comparisons, perBout, injected = comparisons } = flags;
  const { leastNs, mostNs } = selfTestTimes(plans, { comparisons, perBout, injected, looks });
  if (log.done.length > 0) progress.say(`${log.done.length} comparisons of an earlier run are kept`);
  const slowed = Math.min(injected, Math.ceil(comparisons / perBout));
  progress.say(
    `${comparisons} comparisons of a version with itself, ${slowed} with +5%, ${slowed} with +10%; ${formatDurationNs(leastNs)} to ${formatDurationNs(mostNs)}, by how soon they are decided. Results in ${folder}`,
  );
  let result: SelfTestResult;
  try {
    result = await testGate(plans, {
      comparisons,
      perBout,
      injected,
      settings,
      looks,
      done: log.done,
      ended: log.add,
      signal: interrupt.signal,
      progress: (step) => show(progress, step, mostNs),
    });
  } finally {
    progress.end();
    interrupt.dispose();
  }
  const json = `${JSON.stringify(result)}\n`;
  await writeFileAtomic(join(folder, files.json), json);
  await writeFileAtomic(join(folder, files.text), selfTestText(result));
  if (flags.json === true) process.stdout.write(json);
  else if (flags.quiet !== true) process.stdout.write(selfTestText(result));
  const failed = result.tooManyFalseAlarms && flags.exitZero !== true;
  return interrupt.exitCode() ?? (failed ? exitCodes.invalid : exitCodes.pass);
}

async function plansOf(names: readonly string[], flags: GateFlags): Promise<BenchPlan[]> {
  const selection = { profile: 'standard', ...(flags.seed !== undefined && { seed: flags.seed }) } as const;
  const plans = await selectPlans(names, selection, 'bench');
  return plans.map((plan) => {
    if (plan.kind !== 'bench') throw new PerfkitError('usage', `${plan.scenario.name} is no bench scenario`);
    return selfTestPlan(plan, { profile: flags.profile, warmupNs: flags.warmup, forNs: flags.for });
  });
}

function show(
  progress: ProgressLine,
  { bout, bouts, scenario, slot, done, leftNs }: SelfTestProgress,
  mostNs: number,
): void {
  const label = `${bout}/${bouts} ${scenario}: slot ${slot + 1}`;
  progress.show({ label, done, leftNs: leftNs ?? mostNs });
}
