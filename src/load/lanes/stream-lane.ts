import type { EventLoop } from '../engine/event-loop.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Lane, LaneLevels, LanePhase } from './lane.ts';

/** Somebody who carries flows out over a connection of its own, one after the other. */
export interface StreamUser<S> {
  readonly step: S;
  readonly isOpen: boolean;
  /** It wants to be opened before its phase begins. */
  readonly isDown: boolean;
  readonly inFlight: number;
  readonly waiting: number;
  open(): void;
  /** A phase begins, or the user joins it. */
  begin(phase: LanePhase, startNs: number): void;
  /** Nothing starts any more. */
  quiesce(): void;
  /** It is not wanted any more, and goes when its flow ends. */
  leave(): void;
  /** End at once; what was under way is cut. */
  close(aborted: boolean): void;
}

/** What a lane does for its users. */
export interface StreamOwner<S> {
  readonly recorder: (phase: number) => Recorder | null;
  /** A connection opened, which took so long, or could not be (null). */
  readonly attempted: (step: S, tookNs: number | null) => void;
  /** It will do nothing more. */
  readonly finished: (user: StreamUser<S>) => void;
  /** Operations of this phase may start. */
  readonly mayStart: (phase: LanePhase) => boolean;
}

export interface NewUser<S> {
  readonly step: S;
  readonly phase: LanePhase;
  /** From 0 to 1, another for each: not all do the same thing at the same time. */
  readonly offset: number;
  /** It goes when its flow ends. */
  readonly once: boolean;
}

export interface StreamLaneOptions<S extends { readonly index: number }> {
  readonly loop: EventLoop;
  /** The step of a flow, by the flow's position in the plan. */
  readonly stepOf: (flow: number) => S;
  readonly createUser: (user: NewUser<S>, owner: StreamOwner<S>) => StreamUser<S>;
  /** A connection opened. */
  readonly connected: (phase: LanePhase, step: S, tookNs: number) => void;
  /** An operation or a flow of the phase has ended. */
  readonly ended: (phase: number) => void;
  /** The lane has closed. */
  readonly stop: () => void;
}

/** Connections that are opened at a time before a phase. */
const opensAtATime = 128;
/** Fractional part of the golden ratio: its multiples are spread evenly for any number of users. */
const goldenPart = 0.618_033_988_749_895;

/**
 * Users with a connection each. A closed phase has so many of them for its time, each of which keeps its flow; an open
 * one makes a user for each arrival, who goes when the flow is done.
 */
export class StreamLane<S extends { readonly index: number }> implements Lane {
  readonly #options: StreamLaneOptions<S>;
  readonly #owner: StreamOwner<S>;
  readonly #phases: LanePhase[] = [];
  /** Of the closed phase. */
  readonly #users: StreamUser<S>[] = [];
  /** Users who go when their flow ends. */
  readonly #going = new Set<StreamUser<S>>();
  #phase: LanePhase | null = null;
  #accepting = false;
  #opening = 0;
  #failed = false;
  #check: () => void = nothing;

  constructor(options: StreamLaneOptions<S>) {
    this.#options = options;
    this.#owner = {
      recorder: (phase) => this.#phases[phase]?.recorder ?? null,
      attempted: (step, tookNs) => this.#attempted(step, tookNs),
      finished: (user) => void this.#going.delete(user),
      mayStart: (phase) =>
        this.#accepting && phase === this.#phase && phase.recorder.totals.arrivals < phase.maxRequests,
    };
  }

  prepare(phase: LanePhase): Promise<void> {
    this.#phases[phase.index] = phase;
    this.#phase = phase;
    this.#resize(phase, phase.model === 'closed' ? phase.size : 0);
    const down = this.#users.filter(({ isDown }) => isDown);
    this.#failed = false;
    return new Promise((resolve) => {
      let next = 0;
      const openMore = (): void => {
        for (; this.#opening < opensAtATime && next < down.length; next++) {
          this.#opening++;
          down[next]?.open();
        }
      };
      this.#check = () => {
        if (!this.#failed) openMore();
        if (this.#opening > 0 && !this.#failed) return;
        this.#check = nothing;
        resolve();
      };
      this.#check();
    });
  }

  begin(phase: LanePhase): void {
    this.#phase = phase;
    this.#accepting = true;
    const now = this.#options.loop.now();
    for (const user of this.#users) this.#start(user, phase, now);
  }

  arrive(dueNs: number, number: number): boolean {
    const phase = this.#phase;
    if (phase === null || !this.#owner.mayStart(phase)) return false;
    const { recorder } = phase;
    if (recorder.flows.started >= phase.maxFlows) return false;
    const step = this.#options.stepOf(phase.choose(number, 0));
    if (this.#going.size >= phase.size) {
      recorder.arrived(step.index);
      recorder.dropped(step.index, dueNs, this.#options.loop.now());
      this.#options.ended(phase.index);
      return true;
    }
    const user = this.#options.createUser({ step, phase, offset: 0, once: true }, this.#owner);
    this.#going.add(user);
    user.begin(phase, dueNs);
    return true;
  }

  setUsers(users: number): void {
    const phase = this.#phase;
    if (phase === null) return;
    const before = this.#users.length;
    this.#resize(phase, users);
    if (!this.#accepting) return;
    const now = this.#options.loop.now();
    for (const user of this.#users.slice(before)) this.#start(user, phase, now);
  }

  quiesce(): void {
    this.#accepting = false;
    for (const user of this.#all()) user.quiesce();
  }

  close(aborted: boolean): void {
    this.#accepting = false;
    for (const user of this.#all()) user.close(aborted);
    this.#going.clear();
    this.#options.stop();
    this.#failed = true;
    this.#check();
  }

  levels(): LaneLevels {
    let inFlight = 0;
    let waiting = 0;
    let connections = 0;
    for (const user of this.#all()) {
      inFlight += user.inFlight;
      waiting += user.waiting;
      if (user.isOpen) connections++;
    }
    return { inFlight, waiting, connections };
  }

  /** Messages may come at any moment. */
  quiet(): boolean {
    return false;
  }

  #start(user: StreamUser<S>, phase: LanePhase, nowNs: number): void {
    if (phase.recorder.flows.started < phase.maxFlows) user.begin(phase, nowNs);
  }

  #all(): StreamUser<S>[] {
    return [...this.#users, ...this.#going];
  }

  /** Users keep their connections over phases where their flow stays the same. */
  #resize(phase: LanePhase, size: number): void {
    const leaving = this.#users.splice(size);
    for (let index = 0; index < size; index++) {
      const step = this.#options.stepOf(phase.choose(phase.firstUser + index * phase.userStep, 0));
      const before = this.#users[index];
      if (before?.step === step) continue;
      if (before !== undefined) leaving.push(before);
      const offset = ((phase.firstUser + index * phase.userStep) * goldenPart) % 1;
      this.#users[index] = this.#options.createUser({ step, phase, offset, once: false }, this.#owner);
    }
    for (const user of leaving) {
      this.#going.add(user);
      user.leave();
    }
  }

  #attempted(step: S, tookNs: number | null): void {
    if (tookNs === null) this.#failed = true;
    else if (this.#phase !== null) this.#options.connected(this.#phase, step, tookNs);
    if (this.#opening > 0) this.#opening--;
    this.#check();
  }
}

function nothing(): void {}
