import { judgeRounds } from '../bench/record/bench-validity.ts';
import type { MeasuredRound } from '../bench/record/bench-validity.ts';
import { forkRound } from '../bench/rounds/fork-round.ts';
import { orderRounds } from '../bench/rounds/order-rounds.ts';
import { runRound } from '../bench/rounds/round.ts';
import type { RoundHooks, RoundResult, RoundTask } from '../bench/rounds/round-result.ts';
import { nowNs } from '../measure/clock.ts';
import { createRandom } from '../measure/random.ts';
import type { Engine } from '../model/engine.ts';
import type { Interval, Tags } from '../model/interval.ts';
import type { BenchPlan } from '../model/plan.ts';

const maxPaddingBytes = 4_096;

/**
 * The bench engine: every subject at every concurrency, round by round, each round of each in a fresh process (or in
 * this one with `isolate: none`), one at a time. Hands over an interval a round. Throws PerfkitError when a subject
 * cannot be measured at all.
 */
export const runBench: Engine<BenchPlan> = async (plan, { sink, progress, signal }) => {
  const random = createRandom(plan.scenario.seed).fork('order');
  const tasks = orderRounds(plan, random);
  const runStartNs = nowNs();
  const measured: MeasuredRound[] = [];
  let complete = true;
  for (const [index, task] of tasks.entries()) {
    if (signal.aborted) break;
    const done = (part: number): number => (index + part) / tasks.length;
    const label = labelOf(plan, task);
    progress({ done: done(0), label });
    let startNs = nowNs();
    const hooks: RoundHooks = {
      signal,
      onMeasuring: () => {
        startNs = nowNs();
        progress({ done: done(plan.run.warmupNs / (plan.run.warmupNs + plan.run.forNs)), label });
      },
    };
    const result = await runOnce(plan, task, hooks, random.int(maxPaddingBytes));
    if (result === null) break;
    complete &&= result.evidence.complete;
    measured.push({ task, evidence: result.evidence });
    sink(toInterval(plan, task, result, startNs - runStartNs));
  }
  complete &&= measured.length === tasks.length;
  if (complete) progress({ done: 1, label: 'done' });
  return { complete, validity: judgeRounds(measured) };
};

/** Null when it was aborted before there was anything to deliver. */
function runOnce(
  plan: BenchPlan,
  task: RoundTask,
  hooks: RoundHooks,
  paddingBytes: number,
): Promise<RoundResult | null> {
  return plan.run.isolate === 'none'
    ? runRound(plan, task, hooks)
    : forkRound(plan, task, { ...hooks, paddingBytes });
}

function toInterval(plan: BenchPlan, task: RoundTask, result: RoundResult, startNs: number): Interval {
  const { durationNs, histograms, counters, gauges, errors } = result;
  return {
    startNs,
    durationNs,
    tags: tagsOf(plan, task),
    measured: true,
    histograms,
    counters,
    gauges,
    errors,
  };
}

function tagsOf(plan: BenchPlan, { subject, concurrency, round }: RoundTask): Tags {
  const several = plan.run.concurrency.length > 1 ? { concurrency: String(concurrency) } : {};
  return { subject: subject.name, ...several, round: String(round) };
}

function labelOf(plan: BenchPlan, { subject, concurrency, round }: RoundTask): string {
  const at = plan.run.concurrency.length > 1 ? ` x${concurrency}` : '';
  return `${subject.name}${at} round ${round}/${plan.run.rounds}`;
}
