import { HistogramPool } from '../record/histogram-pool.ts';
import { IntervalClock } from '../record/interval-clock.ts';
import { Recorder } from '../record/recorder.ts';
import { SlowestOperations } from '../record/slowest-operations.ts';
import { flowChooser } from '../flows/choose-flow.ts';
import { DelayWatch } from './delay-watch.ts';
import { EngineLanes } from './engine-lanes.ts';
import { keepsAwake } from './keeps-awake.ts';
import { PhaseDriver, lanePhaseOf } from './phase-driver.ts';
import { PhaseRun } from './phase-run.ts';
import { progressOf } from './run-progress.ts';
import { Waits } from './waits.ts';
import type { ResourceSample } from '../../measure/resources.ts';
import type { Progress } from '../../model/engine.ts';
import type { Interval } from '../../model/interval.ts';
import type { SlowOperation } from '../../model/result.ts';
import type { LoadPlan, PhasePlan } from '../../model/plan.ts';
import type { Share } from '../arrivals/share.ts';
import type { Endpoint } from '../connections/tcp-transport.ts';
import type { Transport } from '../connections/transport.ts';
import type { Flows } from '../flows/flows.ts';
import type { ReplyParser } from '../protocols/protocol.ts';
import type { EventLoop, Timer } from './event-loop.ts';
import type { Evidence } from './evidence.ts';

export interface EngineOptions {
  readonly plan: LoadPlan;
  /** Which part of the plan this thread carries out. */
  readonly share: Share;
  readonly flows: Flows;
  /** Where the transport connects to. */
  readonly endpoint: Endpoint;
  /** Where `${secret:NAME}` is looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly transport: Transport;
  readonly createParser: () => ReplyParser;
  readonly loop: EventLoop;
  /** Wall clock in milliseconds, to notice a suspended machine. */
  readonly wallMs: () => number;
  readonly sampleResources: () => ResourceSample;
  /** Takes secrets out of error examples. */
  readonly redact: (text: string) => string;
  readonly sink: (interval: Interval) => void;
  readonly progress: (progress: Progress) => void;
  /** A phase in series is ready to start: resolves with the time at which it does, in all threads. */
  readonly gate: (phase: number) => Promise<number>;
}

export interface EngineReport {
  readonly complete: boolean;
  readonly evidence: Evidence;
  /** Operations of the measured phases, slowest first. */
  readonly slowest: readonly SlowOperation[];
}

/** Slow operations that are kept. */
export const slowestKept = 20;

/** An interrupted run ends soon, however long the graceful stop of a complete one may be. */
const abortGraceNs = 1e9;
/** This long before a phase starts its pacer takes over from the timer. */
const startAheadNs = 2e6;

/**
 * The load generator of one thread: the plan's phases one after the other, each with those that run beside it, then
 * the stop. An operation belongs to the phase in which it was due, also when it ends later.
 */
export class LoadEngine {
  readonly #options: EngineOptions;
  readonly #loop: EventLoop;
  readonly #pool = new HistogramPool();
  readonly #clock: IntervalClock;
  readonly #waits = new Waits();
  readonly #delays: DelayWatch;
  readonly #slowest: SlowestOperations;
  readonly #lanes: EngineLanes;
  readonly #runs: PhaseRun[] = [];
  /** By the position of the phase. */
  readonly #runOf: PhaseRun[] = [];
  #stopping = false;
  #abortGraceOver = false;
  #abortTimer: Timer | null = null;

  constructor(options: EngineOptions) {
    const { flows, loop } = options;
    this.#options = options;
    this.#loop = loop;
    this.#delays = new DelayWatch(loop, this.#pool);
    this.#slowest = new SlowestOperations({
      keep: slowestKept,
      originNs: loop.now(),
      delayBetween: (fromNs, toNs) => this.#delays.between(fromNs, toNs),
    });
    this.#clock = new IntervalClock(
      {
        ...options,
        takeLoopDelay: () => this.#delays.take(),
        pool: this.#pool,
        ticked: () => options.progress(this.#progress()),
      },
      this.#runs,
    );
    this.#lanes = new EngineLanes({ ...options, ended: (phase) => this.#ended(phase) });
    // one interval's being recorded and one's being encoded, within reason
    this.#pool.reserve(Math.min(96, 2 * 3 * flows.steps.length));
  }

  /** Carry out the plan; call once. Resolves when everything has been delivered. */
  async run(): Promise<EngineReport> {
    const { phases } = this.#options.plan;
    const beside: Promise<void>[] = [];
    this.#delays.start();
    for (const [index, phase] of phases.entries()) {
      if (this.#stopping) break;
      if (phase.with !== null) continue;
      const main = this.#createDriver(phase, index);
      const companions = phases.flatMap((other, at) =>
        other.with?.phase === phase.name ? [this.#createDriver(other, at)] : [],
      );
      const startNs = await this.#prepare(index, [main, ...companions]);
      if (startNs === null) break;
      this.#clock.start(startNs);
      const running = this.#carryOut(main, startNs, never);
      for (const companion of companions) {
        const toItsEnd = companion.run.plan.with?.toItsEnd === true;
        beside.push(this.#carryOut(companion, startNs, toItsEnd ? () => main.run.over : never));
      }
      await running;
    }
    await Promise.all(beside);
    await this.#drain();
    const complete = !this.#stopping;
    return { complete, evidence: this.#finish(), slowest: this.#slowest.list() };
  }

  /** End early: in-flight requests get a moment, then `run` resolves with `complete: false`. */
  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#abortTimer = this.#loop.after(abortGraceNs, () => {
      this.#abortGraceOver = true;
      this.#waits.check();
    });
    this.#waits.check();
  }

  #createDriver(phase: PhasePlan, index: number): PhaseDriver {
    const { plan, share, flows, redact } = this.#options;
    const slot = this.#lanes.slotOf(phase);
    const rows = flows.steps.map(({ name, clocks }) => ({ name, clocks }));
    const recorder = new Recorder(rows, this.#pool, redact, {
      timeoutNs: plan.limits.timeoutNs,
      phase: phase.name,
      slowest: phase.measured ? this.#slowest : null,
    });
    const run = new PhaseRun(index, phase, recorder, slot);
    this.#runs.push(run);
    this.#runOf[index] = run;
    slot.run = run;
    return new PhaseDriver(run, slot.lane, lanePhaseOf(run, flowChooser(plan, phase), share), {
      plan,
      share,
      loop: this.#loop,
      quiet: () => this.#isQuiet(),
      changed: () => this.#waits.check(),
    });
  }

  /**
   * Open the connections of phases that start together, before their clock does. Resolves with the time at which it
   * does, soon, or with null when the run was stopped.
   */
  async #prepare(index: number, drivers: readonly PhaseDriver[]): Promise<number | null> {
    const size = drivers.reduce((sum, { lanePhase }) => sum + lanePhase.size, 0);
    this.#options.progress({ ...this.#progress(), label: `opening ${size} connections` });
    let opened = 0;
    for (const { lane, lanePhase } of drivers) {
      void lane.prepare(lanePhase).then(() => {
        opened++;
        this.#waits.check();
      });
    }
    await this.#waits.until(() => this.#stopping || opened === drivers.length);
    if (this.#stopping) return null;
    let startNs: number | null = null;
    void this.#options.gate(index).then((atNs) => {
      startNs = atNs;
      this.#waits.check();
    });
    await this.#waits.until(() => this.#stopping || startNs !== null);
    if (this.#stopping || startNs === null) return null;
    await this.#sleepUntil(startNs - startAheadNs);
    return startNs;
  }

  async #sleepUntil(ns: number): Promise<void> {
    if (ns <= this.#loop.now()) return;
    let over = false;
    this.#loop.after(ns - this.#loop.now(), () => {
      over = true;
      this.#waits.check();
    });
    await this.#waits.until(() => over);
  }

  async #carryOut(driver: PhaseDriver, startNs: number, isCutShort: () => boolean): Promise<void> {
    driver.begin(startNs);
    await this.#waits.until(() => this.#stopping || driver.isOver || isCutShort());
    driver.end();
    this.#clock.cut(driver.run.endNs);
    this.#waits.check();
  }

  /** Give in-flight and waiting operations, and users in the middle of a flow, their time to end. */
  async #drain(): Promise<void> {
    let graceOver = false;
    const timer = this.#loop.after(this.#options.plan.limits.gracefulStopNs, () => {
      graceOver = true;
      this.#waits.check();
    });
    await this.#waits.until(() => !this.#isBusy() || graceOver || this.#abortGraceOver);
    timer.cancel();
  }

  /** Somebody who has thought would go on; after a stop only requests are waited for. */
  #isBusy(): boolean {
    return this.#runs.some((run) => (this.#stopping ? run.recorder.pending > 0 : run.isBusy));
  }

  #finish(): Evidence {
    this.#abortTimer?.cancel();
    this.#delays.stop();
    this.#lanes.close(this.#stopping);
    this.#clock.stop(this.#loop.now());
    const phases = this.#runs
      .filter(({ begun }) => begun)
      .map((run) => run.evidence(keepsAwake(this.#options.plan, run.plan)));
    const errors: Record<string, number> = {};
    for (const { plan, recorder } of this.#runs) {
      if (!plan.measured) continue;
      for (const [failure, count] of recorder.errorTotals) errors[failure] = (errors[failure] ?? 0) + count;
    }
    for (const run of this.#runs) run.responseTime.destroy();
    this.#pool.destroy();
    return {
      pacing: this.#options.plan.limits.pacing,
      phases,
      errors,
      maxTickLateNs: this.#clock.maxLateNs,
      maxClockStepNs: this.#clock.maxStepNs,
    };
  }

  /** With several phases at once one pacer must not hold up the others. */
  #isQuiet(): boolean {
    // hot path
    let active = 0;
    for (const run of this.#runs) if (run.isActive) active++;
    return active <= 1 && this.#lanes.quiet();
  }

  #ended(phase: number): void {
    // hot path: only the waits that an operation can end look at it
    const run = this.#runOf[phase];
    if (run === undefined) return;
    const { maxRequests, maxFlows, maxFlowsPerUser } = run.plan;
    const bounded = maxRequests !== null || maxFlows !== null || maxFlowsPerUser !== null;
    if (run.over || bounded || run.recorder.flows.spent) this.#waits.check();
  }

  #progress(): Progress {
    return progressOf(this.#options.plan.phases, this.#runs, this.#loop.now());
  }
}

function never(): boolean {
  return false;
}
