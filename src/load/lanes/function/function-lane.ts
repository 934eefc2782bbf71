import { ArrivalQueue } from '../../arrivals/arrival-queue.ts';
import { FreeList } from '../../connections/free-list.ts';
import { hasFlowsLeft, isSpent } from '../flow-budget.ts';
import { ChannelOpener } from '../open-channels.ts';
import { levelsOf } from '../operation.ts';
import { FunctionUser } from './function-user.ts';
import type { Arrival } from '../../arrivals/arrival-queue.ts';
import type { Channel, ChannelOwner } from '../../connections/channel.ts';
import type { Timer } from '../../engine/event-loop.ts';
import type { StepFailure } from '../../flows/exchange.ts';
import type { Step } from '../../flows/flows.ts';
import type { ErrorClass } from '../../record/error-class.ts';
import type { ChannelLaneOptions } from '../channel-lane.ts';
import type { Lane, LaneLevels, LanePhase } from '../lane.ts';
import type { FunctionOwner } from './function-user.ts';

/**
 * Carries out flows that are functions: each user has a connection, over which the requests of its function go one after
 * the other. It records them as the other lanes do; what lies between them is the function's own time.
 *
 *     flow starts ── function runs ── request asked for (due) ── sent ── reply ── ... ── function ends ── flow ends
 */
export class FunctionLane implements Lane, ChannelOwner {
  readonly #options: ChannelLaneOptions;
  readonly #owner: FunctionOwner;
  readonly #waiting: ArrivalQueue;
  readonly #phases: LanePhase[] = [];
  /** By the id of their channels. */
  readonly #users: FunctionUser[] = [];
  readonly #free = new FreeList();
  readonly #arrival: Arrival = { dueNs: 0, user: 0, flow: 0, phase: 0 };
  readonly #opener = new ChannelOpener();
  readonly #timers = new Set<Timer>();
  readonly #over = new AbortController();
  #wanted = 0;
  #phase: LanePhase | null = null;
  #accepting = false;
  #closed = false;

  constructor(options: ChannelLaneOptions) {
    const { plan, flows } = options;
    this.#options = options;
    this.#waiting = new ArrivalQueue(plan.limits.maxWaiting);
    const operations = flows.firsts.map(operationsOf);
    this.#owner = {
      options,
      origin: new URL(plan.target.origin),
      operations: (flow) => operations[flow] ?? new Map(),
      signal: this.#over.signal,
      phase: (index) => (this.#closed ? null : (this.#phases[index] ?? null)),
      after: (delayNs, callback) => this.#after(delayNs, callback),
      ready: (user) => this.#ready(user),
    };
  }

  levels(): LaneLevels {
    return levelsOf(this.#users, this.#waiting.length, this.#options.openConnections);
  }

  quiet(): boolean {
    return this.#options.quiet();
  }

  prepare({ size }: LanePhase): Promise<void> {
    this.#resize(size);
    return this.#opener.open(this.#users.slice(0, size).map(({ channel }) => channel));
  }

  setUsers(users: number): void {
    const before = this.#wanted;
    this.#resize(users);
    if (this.#accepting) for (const user of this.#users.slice(before, users)) this.#ready(user);
  }

  begin(phase: LanePhase): void {
    this.#phases[phase.index] = phase;
    this.#phase = phase;
    this.#accepting = true;
    this.#free.clear();
    for (const user of this.#users.slice(0, this.#wanted)) this.#ready(user);
  }

  quiesce(): void {
    this.#accepting = false;
  }

  arrive(dueNs: number, user: number): boolean {
    const phase = this.#phase;
    if (phase === null || !this.#mayStart(phase)) return false;
    const flow = phase.choose(user, 0);
    if (this.#isSpent(phase, flow)) return false;
    const { recorder, index } = phase;
    recorder.flows.started++;
    const free = this.#waiting.length === 0 ? this.#takeFree() : null;
    if (free !== null) {
      free.start({ dueNs, user, flow, phase: index });
    } else if (!this.#waiting.push(dueNs, user, flow, index)) {
      const step = this.#options.flows.firsts[flow] ?? null;
      if (step !== null) {
        recorder.arrived(step.index);
        recorder.dropped(step.index, dueNs, this.#options.loop.now());
      }
      recorder.flows.ended++;
      this.#options.ended(index);
    }
    return true;
  }

  /** Functions that are under way are told by their signal; what they have asked for is cut. */
  close(aborted: boolean): void {
    this.#closed = true;
    this.#accepting = false;
    this.#opener.stop();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    const now = this.#options.loop.now();
    for (const user of this.#users) user.cut(this.#phases[user.phase]?.recorder ?? null, now, aborted);
    while (this.#waiting.shift(this.#arrival)) {
      const step = this.#options.flows.firsts[this.#arrival.flow] ?? null;
      const recorder = this.#phases[this.#arrival.phase]?.recorder;
      if (step === null || recorder === undefined) continue;
      recorder.arrived(step.index);
      recorder.cut(step, this.#arrival.dueNs, null, now, aborted);
      recorder.flows.ended++;
    }
    this.#over.abort();
    this.#options.stop();
  }

  // ---- channels

  opened(channel: Channel): void {
    this.#opener.attempted(true);
    this.#users[channel.id]?.opened();
  }

  openFailed(channel: Channel, failure: ErrorClass, detail: string): void {
    this.#opener.attempted(false);
    this.#users[channel.id]?.failed(failure, detail);
  }

  failed(channel: Channel, failure: ErrorClass, detail: string): void {
    this.#users[channel.id]?.failed(failure, detail);
  }

  replied(channel: Channel): void {
    this.#users[channel.id]?.replied();
  }

  lost(): void {
    // opened again when it is needed
  }

  // ---- flows

  /** The user has no flow and may take one. */
  #ready(user: FunctionUser): void {
    if (this.#closed || user.inFlow || user.resting !== null) return;
    if (user.channel.id >= this.#wanted) user.channel.close();
    else if (this.#waiting.shift(this.#arrival)) user.start(this.#arrival);
    else if (this.#phase?.model === 'closed') this.#nextFlow(user, this.#phase);
    else this.#free.push(user.channel);
  }

  #nextFlow(seat: FunctionUser, phase: LanePhase): void {
    const user = phase.firstUser + seat.channel.id * phase.userStep;
    const flows = seat.flowsOf(user, phase.index);
    if (!this.#mayStart(phase) || flows >= phase.maxFlowsPerUser) return;
    const now = this.#options.loop.now();
    const readyNs = flows > 0 ? seat.flowStartNs + phase.pacingNs : now;
    if (readyNs > now) {
      seat.resting = this.#after(readyNs - now, () => {
        seat.resting = null;
        this.#ready(seat);
      });
      return;
    }
    const flow = phase.choose(user, flows);
    if (this.#isSpent(phase, flow)) return;
    phase.recorder.flows.started++;
    seat.start({ dueNs: null, user, flow, phase: phase.index });
  }

  #mayStart(phase: LanePhase): boolean {
    return this.#accepting && hasFlowsLeft(phase);
  }

  #isSpent(phase: LanePhase, flow: number): boolean {
    return isSpent(this.#options.flows, flow, phase, this.#options.ended);
  }

  #takeFree(): FunctionUser | null {
    for (let free = this.#free.shift(); free !== null; free = this.#free.shift()) {
      const user = this.#users[free.id];
      if (user !== undefined && !user.inFlow && free.id < this.#wanted) return user;
    }
    return null;
  }

  #resize(wanted: number): void {
    this.#wanted = wanted;
    for (let id = this.#users.length; id < wanted; id++)
      this.#users.push(new FunctionUser(this.#options.createChannel(id, this), this.#owner));
    for (const user of this.#users.slice(wanted)) if (!user.inFlow) user.channel.close();
  }

  #after(delayNs: number, callback: () => void): Timer {
    const timer = this.#options.loop.after(delayNs, () => {
      this.#timers.delete(timer);
      callback();
    });
    this.#timers.add(timer);
    return timer;
  }
}

/** The steps of a flow by name; a function may look at all of a reply. */
function operationsOf(first: Step | null): ReadonlyMap<string, Step> {
  const steps = new Map<string, Step>();
  const failure: StepFailure = { failure: 'other', detail: 'a function renders its requests itself' };
  for (let step = first; step !== null; step = step.next) {
    const wants = { headers: true, body: true };
    steps.set(step.name, { ...step, exchange: { wants, render: () => failure, check: () => null } });
  }
  return steps;
}
