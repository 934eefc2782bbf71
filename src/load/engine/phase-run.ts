import { Histogram } from '../../measure/histogram.ts';
import { blockedNs } from './evidence.ts';
import type { ResourceSample } from '../../measure/resources.ts';
import type { Traffic } from '../connections/connection-context.ts';
import type { LaneLevels } from '../lanes/lane.ts';
import type { PhasePlan } from '../../model/plan.ts';
import type { PhaseEvidence } from './evidence.ts';
import type { Recorder } from '../record/recorder.ts';

/** What a lane tells of itself once a second. */
export interface LaneMeter {
  readonly traffic: Traffic;
  readonly levels: () => LaneLevels;
}

/** One phase while it runs and until its last operation has ended. */
export class PhaseRun {
  readonly index: number;
  readonly plan: PhasePlan;
  readonly recorder: Recorder;
  /** Of the lane that carries it out, together with the phases in series before and after it. */
  readonly lane: LaneMeter;
  startNs = 0;
  /** All response times of the phase. */
  readonly responseTime = new Histogram({ wide: true });
  /** When its last interval was taken. */
  takenNs = 0;
  endNs = 0;
  begun = false;
  over = false;
  intended = 0;
  started = 0;
  lagP50Ns = 0;
  lagP99Ns = 0;

  #cpuNs = 0;
  #wallNs = 0;
  #seconds = 0;
  #blockedSeconds = 0;
  #maxLoopDelayNs = 0;

  constructor(index: number, plan: PhasePlan, recorder: Recorder, lane: LaneMeter) {
    this.index = index;
    this.plan = plan;
    this.recorder = recorder;
    this.lane = lane;
  }

  get isActive(): boolean {
    return this.begun && !this.over;
  }

  /** It has operations or flows under way. */
  get isBusy(): boolean {
    const { flows, pending } = this.recorder;
    return pending > 0 || flows.started > flows.ended;
  }

  begin(nowNs: number): void {
    this.begun = true;
    this.startNs = nowNs;
    this.takenNs = nowNs;
  }

  end(nowNs: number): void {
    this.over = true;
    this.endNs = nowNs;
  }

  addSample(sample: ResourceSample): void {
    this.#cpuNs += sample.cpuNs;
    this.#wallNs += sample.wallNs;
    this.#seconds++;
    if (sample.loopDelay.maxNs > blockedNs) this.#blockedSeconds++;
    this.#maxLoopDelayNs = Math.max(this.#maxLoopDelayNs, sample.loopDelay.maxNs);
  }

  /** What it shows of the generator, at the end. */
  evidence(awake: boolean): PhaseEvidence {
    return {
      awake,
      name: this.plan.name,
      model: this.plan.arrivals.model,
      measured: this.plan.measured,
      durationNs: this.endNs - this.startNs,
      totals: { ...this.recorder.totals },
      intended: this.intended,
      started: this.started,
      lagP50Ns: this.lagP50Ns,
      lagP99Ns: this.lagP99Ns,
      responseP50Ns: this.responseTime.valueAt(50),
      responseP99Ns: this.responseTime.valueAt(99),
      cpu: this.#wallNs > 0 ? this.#cpuNs / this.#wallNs : 0,
      seconds: this.#seconds,
      blockedSeconds: this.#blockedSeconds,
      maxLoopDelayNs: this.#maxLoopDelayNs,
    };
  }
}
