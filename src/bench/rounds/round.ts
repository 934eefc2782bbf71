import { measureClock } from '../../measure/clock-cost.ts';
import { nowNs } from '../../measure/clock.ts';
import { createCoreProbe } from '../../measure/core-probe.ts';
import type { Histogram } from '../../measure/histogram.ts';
import { startResources } from '../../measure/resources.ts';
import type { ResourceSample } from '../../measure/resources.ts';
import type { HistogramSlice } from '../../model/interval.ts';
import { PerfkitError } from '../../model/errors.ts';
import type { BenchPlan } from '../../model/plan.ts';
import { sampleClosed } from '../samplers/closed-sampler.ts';
import { createOwnMemory } from '../record/own-memory.ts';
import { createContext } from '../subjects/create-context.ts';
import { createSubject } from '../subjects/create-subject.ts';
import { detectAsync } from '../samplers/detect-async.ts';
import type { Subject } from '../subjects/driver.ts';
import { loadLoops } from '../samplers/load-loops.ts';
import type { Schedule } from '../samplers/loops.ts';
import { sampleOpen } from '../samplers/open-sampler.ts';
import { RoundRecorder } from '../record/recorder.ts';
import { createAllocationMeter } from '../record/allocation-meter.ts';
import { gcCounters, resourceGauges } from '../record/resource-slices.ts';
import type { RoundEvidence, RoundHooks, RoundResult, RoundTask, RoundUsage } from './round-result.ts';
import type { Sampler, SamplerOutcome } from '../samplers/sampler.ts';
import { createSchedule } from '../samplers/schedule.ts';
import { slowDown } from '../subjects/slow-down.ts';
import type { SlowedSubject } from '../subjects/slow-down.ts';
import { readSubjectMetrics } from '../subjects/subject-metrics.ts';
import { sampleSync } from '../samplers/sync-sampler.ts';
import { takeTurns, withoutStandingStill } from '../samplers/take-turns.ts';
import { turn } from '../samplers/turn.ts';

/**
 * Create the subject, warm it up, measure it, close it. Throws PerfkitError when the subject cannot be made; failed
 * operations are counted. On abort it gives what was measured until then, or null when it was still warming up.
 */
export async function runRound(
  plan: BenchPlan,
  task: RoundTask,
  hooks: RoundHooks,
): Promise<RoundResult | null> {
  const loops = await loadLoops();
  const own = createOwnMemory();
  const histograms = new Map<string, Histogram>();
  const context = createContext(plan, task, histograms, own);
  const subject = await createSubject(task.subject.use, context, plan.scenario.folder);
  await hooks.passTurn?.();
  const meter = startResources({ cpu: plan.run.isolate === 'process' ? 'process' : 'thread' });
  const tagged = Object.keys(plan.workload.mix).length > 0;
  const allocations = task.extras?.usage === true ? createAllocationMeter() : null;
  const closed = plan.run.arrivals === 'closed';
  const turns = closed && hooks.passTurn !== undefined ? takeTurns(hooks.passTurn) : null;
  const probe = closed && turns === null ? own.during(() => createCoreProbe()) : null;
  let recorder: RoundRecorder | null = null;
  try {
    const slowed = slowedFor(subject, plan, task);
    const { mix } = plan.workload;
    const schedule = own.during(() =>
      createSchedule(task.subject.name, slowed.subject, mix, context.random.fork('mix')),
    );
    recorder = own.during(() => new RoundRecorder(schedule.names, tagged));
    const now = subject.clock?.now ?? nowNs;
    let startNs = NaN;
    const onMeasuring = async (): Promise<void> => {
      slowed.measuring();
      await turn();
      for (const histogram of histograms.values()) histogram.reset();
      subject.measuring?.();
      hooks.onMeasuring();
      meter.sample();
      turns?.reset();
      probe?.reset();
      allocations?.start();
      startNs = now();
    };
    const sampler = await chooseSampler(plan, schedule);
    const clockCostNs = measureClock(now).costNs;
    const setup = {
      ...samplingOf(plan, task),
      schedule,
      loops,
      recorder,
      now,
      clockCostNs,
      signal: hooks.signal,
      onMeasuring,
      betweenSlices: (measuring: boolean) => {
        if (measuring) probe?.sample();
        return turns?.betweenSlices()?.then(slowed.stoodStill);
      },
    };
    const outcome = await sampler({ ...setup, virtualClock: subject.clock ?? null });
    if (Number.isNaN(startNs)) return null;
    const stoodStill = turns?.stoodStill() ?? { wallNs: 0, cpuNs: 0 };
    const durationNs = Math.max(now() - startNs - (subject.clock === undefined ? stoodStill.wallNs : 0), 1);
    const allocatedBytes = allocations?.stop() ?? null;
    // Node reports collections when the event loop turns.
    await turn();
    const resources = withoutStandingStill(meter.sample(), stoodStill);
    const read = readSubjectMetrics(task.subject.name, subject, plan.metrics, durationNs, recorder.calls);
    return {
      durationNs,
      histograms: [...recorder.histogramSlices(outcome.note), ...encodeAll(histograms)],
      counters: [...recorder.counterSlices(), ...read.counters, ...gcCounters(resources)],
      gauges: [...read.gauges, ...resourceGauges(resources, own.rssBytes)],
      errors: recorder.errorSlices(),
      evidence: {
        ...evidenceOf(recorder, resources, outcome, hooks.signal),
        core: probe?.readings() ?? null,
      },
      ...(allocatedBytes !== null && {
        usage: { ...usageOf(recorder, resources), allocatedBytes },
      }),
    };
  } finally {
    meter.stop();
    allocations?.stop();
    recorder?.destroy();
    await closeQuietly(subject);
    for (const histogram of histograms.values()) histogram.destroy();
  }
}

/** The subject, made slower where the task says so. */
function slowedFor(subject: Subject, { run }: BenchPlan, { extras, concurrency }: RoundTask): SlowedSubject {
  const share = extras?.slowdown ?? null;
  if (share === null) return { subject, measuring: () => undefined, stoodStill: () => undefined };
  if (run.arrivals !== 'closed')
    throw new PerfkitError(
      'scenario',
      'operations that arrive at a rate cannot be slowed down by a share of their time: choose a scenario with `arrivals: closed`',
    );
  return slowDown(subject, { share, concurrency });
}

async function chooseSampler({ run }: BenchPlan, schedule: Schedule): Promise<Sampler> {
  if (run.arrivals !== 'closed') return sampleOpen;
  return (await detectAsync(schedule)) ? sampleClosed : sampleSync;
}

function samplingOf({ run }: BenchPlan, { concurrency }: RoundTask) {
  const ratePerSecond = run.arrivals === 'closed' ? null : run.arrivals;
  return { warmupNs: run.warmupNs, forNs: run.forNs, concurrency, ratePerSecond };
}

function encodeAll(histograms: ReadonlyMap<string, Histogram>): HistogramSlice[] {
  return Array.from(histograms)
    .filter(([, histogram]) => histogram.count > 0)
    .map(([metric, histogram]) => ({
      metric,
      tags: {},
      data: histogram.encode(),
      censored: new Uint8Array(0),
    }));
}

function usageOf(
  { attempts }: RoundRecorder,
  { cpuNs, gcCount, gcNs }: ResourceSample,
): Omit<RoundUsage, 'allocatedBytes'> {
  return { operations: attempts, cpuNs, gcCount, gcNs };
}

function evidenceOf(
  recorder: RoundRecorder,
  { cpuNs, wallNs }: ResourceSample,
  { deadCode, busy }: SamplerOutcome,
  signal: AbortSignal,
): Omit<RoundEvidence, 'core'> {
  return {
    complete: !signal.aborted,
    deadCode,
    callsPerSecond: recorder.callsNs > 0 ? (recorder.calls * 1e9) / recorder.callsNs : 0,
    cpuShare: busy ? cpuNs / wallNs : null,
  };
}

/** What was measured counts, also when the subject cannot be closed cleanly. */
async function closeQuietly(subject: Subject): Promise<void> {
  try {
    await subject.close?.();
  } catch (error) {
    process.stderr.write(
      `perfkit: closing the subject failed: ${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
}
