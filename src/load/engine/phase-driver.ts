import { createRandom } from '../../measure/random.ts';
import { rampOf } from '../../measure/ramp.ts';
import { arrivalProcesses } from '../arrivals/arrivals.ts';
import { Pacer } from '../arrivals/pacer.ts';
import { arrivalsOfShare, partOf } from '../arrivals/share.ts';
import { userChanges } from '../arrivals/user-changes.ts';
import type { LoadPlan, PhaseArrivals } from '../../model/plan.ts';
import type { Arrivals } from '../arrivals/arrivals.ts';
import type { Share } from '../arrivals/share.ts';
import type { Lane, LanePhase } from '../lanes/lane.ts';
import type { EventLoop, Timer } from './event-loop.ts';
import type { PhaseRun } from './phase-run.ts';

export interface PhaseDriverOptions {
  readonly plan: LoadPlan;
  readonly share: Share;
  readonly loop: EventLoop;
  /** No reply and no connection is outstanding, in any lane. */
  readonly quiet: () => boolean;
  /** `isOver` may have become true. */
  readonly changed: () => void;
}

type Open = Extract<PhaseArrivals, { readonly model: 'open' }>;
type Closed = Extract<PhaseArrivals, { readonly model: 'closed' }>;

/** Tells a lane what a phase wants of it, when it is time: arrivals, users that join and leave, the end. */
export class PhaseDriver {
  readonly run: PhaseRun;
  readonly lane: Lane;
  readonly lanePhase: LanePhase;
  readonly #options: PhaseDriverOptions;
  readonly #pacer: Pacer;
  /** Everything that the schedule has was handed over. */
  #paced = true;
  #timeUp = false;
  readonly #timers: Timer[] = [];

  constructor(run: PhaseRun, lane: Lane, lanePhase: LanePhase, options: PhaseDriverOptions) {
    this.run = run;
    this.lane = lane;
    this.lanePhase = lanePhase;
    this.#options = options;
    this.#pacer = new Pacer(options.loop, options.plan.limits.pacing, options.quiet);
  }

  /** Its time is up, or all that it may do was done. */
  get isOver(): boolean {
    return (this.#timeUp && this.#paced) || this.#isExhausted;
  }

  /** `startNs` may lie a few milliseconds ahead. */
  begin(startNs: number): void {
    const { run, lanePhase, lane } = this;
    const { loop, changed } = this.#options;
    const { arrivals, forNs } = run.plan;
    run.begin(startNs);
    const aheadNs = startNs - loop.now();
    this.#after(aheadNs + forNs, () => {
      this.#timeUp = true;
      if (arrivals.model === 'open') run.started = this.#pacer.started;
      changed();
    });
    if (arrivals.model === 'open') {
      lane.begin(lanePhase);
      this.#pace(this.#arrivals(arrivals), (dueNs, user) => lane.arrive(dueNs, user));
    } else if (aheadNs > 0) {
      this.#after(aheadNs, () => this.#beginUsers(arrivals));
    } else {
      this.#beginUsers(arrivals);
    }
  }

  end(): void {
    const { run } = this;
    for (const timer of this.#timers) timer.cancel();
    this.#pacer.stop();
    this.lane.quiesce();
    run.end(this.#options.loop.now());
    if (run.plan.arrivals.model === 'open') {
      run.intended = this.#pacer.started;
      if (!this.#timeUp) run.started = run.intended;
      run.lagP50Ns = this.#pacer.lag.valueAt(50);
      run.lagP99Ns = this.#pacer.lag.valueAt(99);
    }
    this.#pacer.lag.destroy();
  }

  get #isExhausted(): boolean {
    const { recorder } = this.run;
    const { maxRequests, maxFlows } = this.lanePhase;
    if (recorder.totals.arrivals >= maxRequests && recorder.pending === 0) return true;
    const { started, ended, spent } = recorder.flows;
    return (started >= maxFlows || spent) && ended === started;
  }

  #arrivals(open: Open): Arrivals {
    const { plan, share } = this.#options;
    const random = createRandom(plan.scenario.seed).fork(`arrivals of phase ${this.run.index}`);
    const ramp = rampOf(open, this.run.plan.forNs);
    return arrivalsOfShare(arrivalProcesses[open.spacing](ramp, random), share);
  }

  #beginUsers({ users, toUsers = users }: Closed): void {
    const { lane, lanePhase, run } = this;
    lane.begin(lanePhase);
    if (toUsers === users) return;
    const ramp = { from: users, to: toUsers, forNs: run.plan.forNs };
    const step = Math.sign(toUsers - users);
    let here = lanePhase.size;
    this.#pace(userChanges(ramp, this.#options.share), () => {
      here += step;
      lane.setUsers(here);
      return true;
    });
  }

  #pace(arrivals: Arrivals, arrive: (dueNs: number, user: number) => boolean): void {
    const { run } = this;
    const { share, changed } = this.#options;
    this.#paced = false;
    this.#pacer.start({
      arrivals,
      startNs: run.startNs,
      endNs: run.startNs + run.plan.forNs,
      arrive: (dueNs, n) => arrive(dueNs, share.worker + n * share.workers),
      done: () => {
        this.#paced = true;
        changed();
      },
    });
  }

  #after(delayNs: number, callback: () => void): void {
    this.#timers.push(this.#options.loop.after(Math.max(0, delayNs), callback));
  }
}

/** The thread's part of a phase, as its lane sees it. */
export function lanePhaseOf(
  { index, plan, recorder }: PhaseRun,
  choose: LanePhase['choose'],
  share: Share,
): LanePhase {
  const { arrivals, connections, maxRequests, maxFlows, maxFlowsPerUser, pacingNs } = plan;
  const isClosed = arrivals.model === 'closed';
  const mostUsers = isClosed ? partOf(Math.max(arrivals.users, arrivals.toUsers ?? 0), share) : Infinity;
  const perUser = maxFlowsPerUser ?? Infinity;
  return {
    index,
    model: arrivals.model,
    size: partOf(isClosed ? arrivals.users : connections, share),
    maxRequests: partOf(maxRequests ?? Infinity, share),
    maxFlows: Math.min(
      partOf(maxFlows ?? Infinity, share),
      perUser === Infinity ? Infinity : perUser * mostUsers,
    ),
    maxFlowsPerUser: perUser,
    pacingNs: pacingNs ?? 0,
    firstUser: share.worker,
    userStep: share.workers,
    choose,
    recorder,
  };
}
