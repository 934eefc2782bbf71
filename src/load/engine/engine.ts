import { createRandom } from '../../measure/random.ts';
import { arrivalProcesses } from '../arrivals/arrivals.ts';
import { Connection } from '../connections/connection.ts';
import { DeadlineQueue } from '../connections/deadline-queue.ts';
import { RequestLane } from '../lanes/request-lane.ts';
import { HistogramPool } from '../record/histogram-pool.ts';
import { IntervalClock } from '../record/interval-clock.ts';
import { Pacer } from '../arrivals/pacer.ts';
import { PhaseRun } from './phase-run.ts';
import { Recorder } from '../record/recorder.ts';
import type { ResourceSample } from '../../measure/resources.ts';
import type { Progress } from '../../model/engine.ts';
import type { Interval } from '../../model/interval.ts';
import type { LoadPlan, PhasePlan } from '../../model/plan.ts';
import type { Traffic } from '../connections/connection.ts';
import type { EventLoop, Timer } from './event-loop.ts';
import type { Evidence } from './evidence.ts';
import type { Flows } from '../flows/flows.ts';
import type { Lane, LanePhase } from '../lanes/lane.ts';
import type { ReplyParser } from '../protocols/protocol.ts';
import type { Transport } from '../connections/transport.ts';

export interface EngineOptions {
  readonly plan: LoadPlan;
  readonly flows: Flows;
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
}

export interface EngineReport {
  readonly complete: boolean;
  readonly evidence: Evidence;
}

/** An interrupted run ends soon, however long the graceful stop of a complete one may be. */
const abortGraceNs = 1e9;

type OpenArrivals = Extract<PhasePlan['arrivals'], { readonly model: 'open' }>;

/**
 * The load generator of one thread: the plan's phases one after the other, then the stop. All phases share the
 * connections; an operation belongs to the phase in which it was due, also when it ends later.
 */
export class LoadEngine {
  readonly #options: EngineOptions;
  readonly #loop: EventLoop;
  readonly #pool = new HistogramPool();
  readonly #pacer: Pacer;
  readonly #lane: Lane;
  readonly #clock: IntervalClock;
  readonly #deadlines: readonly DeadlineQueue[];
  readonly #runs: PhaseRun[] = [];
  #stopping = false;
  #abortGraceOver = false;
  #abortTimer: Timer | null = null;
  /** Looks whether what `run` waits for has come. */
  #check: () => void = nothing;

  constructor(options: EngineOptions) {
    const { plan, flows, loop, transport } = options;
    this.#options = options;
    this.#loop = loop;
    const connectDeadlines = new DeadlineQueue(loop, plan.limits.connectTimeoutNs);
    const replyDeadlines = new DeadlineQueue(loop, plan.limits.timeoutNs);
    this.#deadlines = [connectDeadlines, replyDeadlines];
    const quiet = (): boolean => replyDeadlines.empty && connectDeadlines.empty;
    this.#pacer = new Pacer(loop, plan.limits.pacing, quiet);
    const traffic: Traffic = { bytesIn: 0, bytesOut: 0 };
    this.#lane = new RequestLane({
      loop,
      flows,
      maxWaiting: plan.limits.maxWaiting,
      createChannel: (id, owner) =>
        new Connection(id, options.createParser(), {
          loop,
          transport,
          owner,
          connectDeadlines,
          replyDeadlines,
          traffic,
        }),
      ended: (phase) => this.#ended(phase),
      connected: (tookNs) => this.#connected(tookNs),
    });
    this.#clock = new IntervalClock(
      {
        ...options,
        traffic,
        levels: () => this.#lane.levels(),
        ticked: () => options.progress({ done: this.#done(), label: this.#label() }),
      },
      this.#runs,
    );
    // one interval's being recorded and one's being encoded, within reason
    this.#pool.reserve(Math.min(96, 2 * 3 * flows.steps.length));
  }

  /** Carry out the plan; call once. Resolves when everything has been delivered. */
  async run(): Promise<EngineReport> {
    const { plan, flows, redact } = this.#options;
    const names = flows.steps.map((step) => step.name);
    for (const [index, phase] of plan.phases.entries()) {
      if (this.#stopping) break;
      const run = new PhaseRun(index, phase, new Recorder(names, this.#pool, redact));
      this.#runs.push(run);
      const lanePhase = lanePhaseOf(run);
      await this.#prepare(lanePhase);
      await this.#runPhase(run, lanePhase);
    }
    await this.#drain();
    const complete = !this.#stopping;
    return { complete, evidence: this.#finish() };
  }

  /** End early: in-flight requests get a moment, then `run` resolves with `complete: false`. */
  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#abortTimer = this.#loop.after(abortGraceNs, () => {
      this.#abortGraceOver = true;
      this.#check();
    });
    this.#check();
  }

  /** Open the phase's connections before its clock starts; an interruption ends the wait. */
  async #prepare(phase: LanePhase): Promise<void> {
    this.#options.progress({ done: this.#done(), label: `opening ${phase.size} connections` });
    let ready = false;
    void this.#lane.prepare(phase).then(() => {
      ready = true;
      this.#check();
    });
    await this.#until(() => this.#stopping || ready);
  }

  async #runPhase(run: PhaseRun, phase: LanePhase): Promise<void> {
    const { plan, recorder } = run;
    const { arrivals, forNs } = plan;
    const { maxRequests } = phase;
    const now = this.#loop.now();
    run.begin(now);
    this.#clock.start(now);
    let paced = true;
    let timeUp = false;
    const timer = this.#loop.after(forNs, () => {
      timeUp = true;
      run.started = this.#pacer.started;
      this.#check();
    });
    this.#lane.begin(phase);
    if (arrivals.model === 'open') {
      paced = false;
      this.#startPacer(run, arrivals, () => {
        paced = true;
        this.#check();
      });
    }
    const exhausted = (): boolean => recorder.totals.arrivals >= maxRequests && recorder.pending === 0;
    await this.#until(() => this.#stopping || exhausted() || (timeUp && paced));
    timer.cancel();
    this.#lane.quiesce();
    this.#endPhase(run, timeUp);
  }

  #startPacer(run: PhaseRun, { ratePerSecond, spacing }: OpenArrivals, done: () => void): void {
    const { plan } = this.#options;
    const random = createRandom(plan.scenario.seed).fork(`arrivals of phase ${run.index}`);
    this.#pacer.start({
      arrivals: arrivalProcesses[spacing](ratePerSecond, random),
      startNs: run.startNs,
      endNs: run.startNs + run.plan.forNs,
      arrive: (dueNs) => this.#lane.arrive(dueNs),
      done,
    });
  }

  #endPhase(run: PhaseRun, timeUp: boolean): void {
    this.#pacer.stop();
    run.end(this.#loop.now());
    if (run.plan.arrivals.model === 'open') {
      run.intended = this.#pacer.started;
      if (!timeUp) run.started = run.intended;
      run.lagP50Ns = this.#pacer.lag.valueAt(50);
      run.lagP99Ns = this.#pacer.lag.valueAt(99);
    } else {
      run.started = 0;
    }
    this.#clock.cut(run.endNs);
  }

  /** Give in-flight and waiting operations their time to end. */
  async #drain(): Promise<void> {
    let graceOver = false;
    const timer = this.#loop.after(this.#options.plan.limits.gracefulStopNs, () => {
      graceOver = true;
      this.#check();
    });
    const pending = (): boolean => this.#runs.some((run) => run.recorder.pending > 0);
    await this.#until(() => !pending() || graceOver || this.#abortGraceOver);
    timer.cancel();
  }

  #finish(): Evidence {
    this.#abortTimer?.cancel();
    this.#lane.close(this.#stopping);
    for (const queue of this.#deadlines) queue.stop();
    this.#clock.stop(this.#loop.now());
    const phases = this.#runs.filter(({ begun }) => begun).map((run) => run.evidence());
    const errors: Record<string, number> = {};
    for (const { plan, recorder } of this.#runs) {
      if (!plan.measured) continue;
      for (const [failure, count] of recorder.errorTotals) errors[failure] = (errors[failure] ?? 0) + count;
    }
    for (const run of this.#runs) run.responseTime.destroy();
    this.#pacer.lag.destroy();
    this.#pool.destroy();
    return {
      pacing: this.#options.plan.limits.pacing,
      phases,
      errors,
      maxTickLateNs: this.#clock.maxLateNs,
      maxClockStepNs: this.#clock.maxStepNs,
    };
  }

  // ---- waiting

  #until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#check = () => {
        if (!condition()) return;
        this.#check = nothing;
        resolve();
      };
      this.#check();
    });
  }

  #ended(phase: number): void {
    // hot path: only the waits that an operation can end look at it
    const run = this.#runs[phase];
    if (run !== undefined && (run.over || run.plan.maxRequests !== null)) this.#check();
  }

  #connected(tookNs: number): void {
    this.#runs.at(-1)?.recorder.connected(tookNs);
  }

  // ---- progress

  #done(): number {
    const now = this.#loop.now();
    let planned = 0;
    let spent = 0;
    for (const { forNs } of this.#options.plan.phases) planned += forNs;
    for (const { begun, over, startNs, plan } of this.#runs)
      spent += over ? plan.forNs : begun ? now - startNs : 0;
    return planned > 0 ? Math.min(1, spent / planned) : 1;
  }

  #label(): string {
    const plan = this.#runs.at(-1)?.plan;
    if (plan === undefined) return '';
    const { arrivals } = plan;
    return `${plan.name} ${arrivals.model === 'open' ? `${arrivals.ratePerSecond}/s` : `${arrivals.users} users`}`;
  }
}

function lanePhaseOf({ index, plan, recorder }: PhaseRun): LanePhase {
  const { arrivals, connections, maxRequests } = plan;
  const size = arrivals.model === 'closed' ? arrivals.users : connections;
  return { index, model: arrivals.model, size, maxRequests: maxRequests ?? Infinity, recorder };
}

function nothing(): void {}
