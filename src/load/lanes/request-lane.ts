import { ArrivalQueue } from '../arrivals/arrival-queue.ts';
import { place } from '../connections/channel.ts';
import { FreeList } from '../connections/free-list.ts';
import { countFlow, hasFlowsLeft, isSpent } from './flow-budget.ts';
import { FlowRunner } from './flow-runner.ts';
import { assignOperation, levelsOf } from './operation.ts';
import { takeFree } from './take-free.ts';
import type { Arrival } from '../arrivals/arrival-queue.ts';
import type { Channel } from '../connections/channel.ts';
import type { Step } from '../flows/flows.ts';
import type { ChannelLaneOptions } from './channel-lane.ts';
import type { FlowOwner } from './flow-runner.ts';
import type { Lane, LaneLevels, LanePhase } from './lane.ts';

/**
 * Flows of requests and replies: says which flow starts on which connection and when, for the users of a closed model
 * and the arrivals of an open one; `FlowRunner` sees them through. Arrivals come from outside with their due time, which
 * stays theirs however long they wait.
 *
 * Free connections are used in turn (first in, first out): each gets its share of the traffic, so none idles into
 * the server's keep-alive time-out, and a server that spreads connections over workers sees all of its workers used.
 */
export class RequestLane implements Lane, FlowOwner {
  readonly #options: ChannelLaneOptions;
  readonly #loop: ChannelLaneOptions['loop'];
  readonly #firsts: readonly (Step | null)[];
  readonly #runner: FlowRunner;
  readonly #waiting: ArrivalQueue;
  readonly #free = new FreeList();
  readonly #arrival: Arrival = { dueNs: 0, user: 0, flow: 0, phase: 0 };
  #wanted = 0;
  #phase: LanePhase | null = null;
  #accepting = false;

  constructor(options: ChannelLaneOptions) {
    const { plan, loop, flows } = options;
    this.#options = options;
    this.#loop = loop;
    this.#firsts = flows.firsts;
    this.#waiting = new ArrivalQueue(plan.limits.maxWaiting);
    this.#runner = new FlowRunner(options, this);
  }

  levels(): LaneLevels {
    return levelsOf(this.#runner.seats, this.#waiting.length, this.#options.openConnections);
  }

  quiet(): boolean {
    return this.#options.quiet();
  }

  /** Surplus connections close when they are free. */
  prepare({ size }: LanePhase): Promise<void> {
    this.#resize(size);
    return this.#runner.open(size);
  }

  /** A user that joins connects first; its first operation is due when it can send it. */
  setUsers(users: number): void {
    const before = this.#wanted;
    this.#resize(users);
    if (!this.#accepting) return;
    for (const { channel } of this.#runner.seats.slice(before, users)) {
      if (channel.backingOff) continue;
      if (channel.place === place.down) channel.open();
      else if (channel.place === place.idle) this.#runner.ready(channel);
    }
  }

  /** Start a phase. Flows of the one before go on and count as its own. */
  begin(phase: LanePhase): void {
    this.#runner.phases[phase.index] = phase;
    this.#phase = phase;
    this.#accepting = true;
    this.#free.clear();
    for (const { channel } of this.#runner.seats.slice(0, this.#wanted)) {
      if (channel.step === null && !channel.backingOff && channel.place !== place.connecting)
        this.#runner.ready(channel);
    }
  }

  /** No more flows start, but arrivals that wait are still sent. */
  quiesce(): void {
    this.#accepting = false;
  }

  /** An arrival of the current open phase. False when the phase has had all that it may start. */
  arrive(dueNs: number, user: number): boolean {
    // hot path
    const phase = this.#phase;
    if (phase === null || !this.#mayStart(phase)) return false;
    const { flows, ended } = this.#options;
    const flow = phase.choose(user, 0);
    const step = this.#firsts[flow] ?? null;
    if (step === null || isSpent(flows, flow, phase, ended)) return false;
    const { recorder } = phase;
    countFlow(phase, step.index);
    const { seats } = this.#runner;
    const channel = this.#waiting.length === 0 ? takeFree(this.#free, seats) : null;
    if (channel !== null) {
      seats[channel.id]?.beginFlow(flows, flow, user, phase.index);
      this.#runner.start(channel, step, dueNs, phase.index);
    } else if (!this.#waiting.push(dueNs, user, flow, phase.index)) {
      recorder.dropped(step.index, dueNs, this.#loop.now());
      recorder.flows.ended++;
      ended(phase.index);
    }
    return true;
  }

  /**
   * End everything that is in flight or waiting, as cut, and close all connections. Requests that had their time and
   * got no reply are failures; not so when the run was aborted.
   */
  close(aborted: boolean): void {
    this.#accepting = false;
    const now = this.#loop.now();
    this.#runner.close(now, aborted);
    while (this.#waiting.shift(this.#arrival)) {
      const { flow, phase, dueNs } = this.#arrival;
      const step = this.#firsts[flow] ?? null;
      if (step !== null) this.#runner.recorder(phase)?.cut(step, dueNs, null, now, aborted);
    }
    this.#options.stop();
  }

  #resize(wanted: number): void {
    this.#wanted = wanted;
    this.#runner.grow(wanted);
    for (const { channel, inFlow } of this.#runner.seats.slice(wanted))
      if (channel.step === null && !inFlow) this.#runner.retire(channel);
  }

  // ---- what the channels do next

  ready(channel: Channel, now: number): void {
    // hot path
    if (channel.id >= this.#wanted) {
      this.#runner.retire(channel);
      return;
    }
    if (this.takeWaiting(channel)) {
      this.#runner.go(channel);
      return;
    }
    const phase = this.#phase;
    if (phase !== null && phase.model === 'closed') {
      this.#nextFlow(channel, phase, now);
    } else if (channel.place === place.idle) {
      this.#free.push(channel);
    } else if (channel.place === place.down && (this.#accepting || phase === null)) {
      channel.open();
    }
  }

  /** The channel gets the arrival that has waited longest; false when none waits. */
  takeWaiting(channel: Channel): boolean {
    // hot path
    if (!this.#waiting.shift(this.#arrival)) return false;
    const { dueNs, user, flow, phase } = this.#arrival;
    const step = this.#firsts[flow] ?? null;
    if (step === null) return false;
    this.#runner.seats[channel.id]?.beginFlow(this.#options.flows, flow, user, phase);
    assignOperation(channel, step, dueNs, phase);
    return true;
  }

  /** Closed phase: the channel's user starts a flow now, or has the clock wake it when it may. */
  #nextFlow(channel: Channel, phase: LanePhase, now: number): void {
    // hot path
    const seat = this.#runner.seats[channel.id];
    if (seat === undefined || !this.#mayStart(phase)) return;
    const user = phase.firstUser + channel.id * phase.userStep;
    const flows = seat.flowsOf(user, phase.index);
    if (flows >= phase.maxFlowsPerUser) return;
    if (flows > 0 && !this.#runner.pauses.isRested(seat, now)) return;
    const flow = phase.choose(user, flows);
    const step = this.#firsts[flow] ?? null;
    if (step === null || isSpent(this.#options.flows, flow, phase, this.#options.ended)) return;
    const { recorder } = phase;
    if (phase.pacingNs > 0) recorder.paced(step.index, flows > 0 && now > seat.flowStartNs + phase.pacingNs);
    countFlow(phase, step.index);
    seat.flowStartNs = now;
    seat.beginFlow(this.#options.flows, flow, user, phase.index);
    this.#runner.start(channel, step, now, phase.index);
  }

  #mayStart(phase: LanePhase): boolean {
    return this.#accepting && hasFlowsLeft(phase);
  }
}
