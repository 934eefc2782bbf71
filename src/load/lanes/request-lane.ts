import { ArrivalQueue } from '../arrivals/arrival-queue.ts';
import { place } from '../connections/channel.ts';
import { FreeList } from '../connections/free-list.ts';
import { classOfStatus } from '../record/error-class.ts';
import { Backoffs } from './backoffs.ts';
import { countFlow, hasFlowsLeft, isSpent } from './flow-budget.ts';
import { ChannelOpener } from './open-channels.ts';
import {
  assignOperation,
  countChannels,
  cutOperation,
  recordFailure,
  sendAgain,
  sendOperation,
} from './operation.ts';
import { Pauses } from './pauses.ts';
import { takeFree } from './take-free.ts';
import { Seat } from './seat.ts';
import type { Arrival } from '../arrivals/arrival-queue.ts';
import type { Channel, ChannelOwner } from '../connections/channel.ts';
import type { ErrorClass } from '../record/error-class.ts';
import type { Step } from '../flows/flows.ts';
import type { Lane, LaneLevels, LanePhase } from './lane.ts';
import type { RequestLaneOptions } from './request-lane-options.ts';
import type { Recorder } from '../record/recorder.ts';

/**
 * Puts operations on connections and sees them through: the users of a closed model, the arrivals of an open one, the
 * steps of a flow, one after the other on one connection, which stays the user's while it thinks. It decides when an
 * operation is due only where that depends on a reply (with the time to think after it); arrivals come from outside
 * with their due time, which stays theirs however long they wait.
 *
 * Free connections are used in turn (first in, first out): each gets its share of the traffic, so none idles into
 * the server's keep-alive time-out, and a server that spreads connections over workers sees all of its workers used.
 */
export class RequestLane implements Lane, ChannelOwner {
  readonly #options: RequestLaneOptions;
  readonly #loop: RequestLaneOptions['loop'];
  readonly #firsts: readonly (Step | null)[];
  readonly #waiting: ArrivalQueue;
  readonly #phases: LanePhase[] = [];
  /** By the id of their channels. */
  readonly #seats: Seat[] = [];
  readonly #free = new FreeList();
  readonly #pauses: Pauses;
  readonly #fallen = (seat: Seat, dueNs: number): void => this.#onDue(seat, dueNs);
  readonly #backoffs: Backoffs;
  readonly #arrival: Arrival = { dueNs: 0, user: 0, flow: 0, phase: 0 };
  readonly #opener = new ChannelOpener();
  #wanted = 0;
  #phase: LanePhase | null = null;
  #accepting = false;
  #closed = false;

  constructor(options: RequestLaneOptions) {
    const { plan, loop, flows } = options;
    this.#options = options;
    this.#loop = loop;
    this.#firsts = flows.firsts;
    this.#waiting = new ArrivalQueue(plan.limits.maxWaiting);
    this.#pauses = new Pauses(options);
    this.#backoffs = new Backoffs(loop, (channel) => this.#ready(channel));
  }

  levels(): LaneLevels {
    const { inFlight, open } = countChannels(this.#seats.map(({ channel }) => channel));
    const connections = this.#options.openConnections?.() ?? open;
    return { inFlight, waiting: this.#waiting.length, connections };
  }

  quiet(): boolean {
    return this.#options.quiet();
  }

  /** Surplus connections close when they are free. */
  prepare({ size }: LanePhase): Promise<void> {
    this.#resize(size);
    const down = this.#seats
      .slice(0, size)
      .map(({ channel }) => channel)
      .filter((channel) => channel.place === place.down && !channel.backingOff);
    return this.#opener.open(down);
  }

  /** A user that joins connects first; its first operation is due when it can send it. */
  setUsers(users: number): void {
    const before = this.#wanted;
    this.#resize(users);
    if (!this.#accepting) return;
    for (let id = before; id < users; id++) {
      const channel = this.#seats[id]?.channel;
      if (channel === undefined || channel.backingOff) continue;
      if (channel.place === place.down) channel.open();
      else if (channel.place === place.idle) this.#ready(channel);
    }
  }

  /** Start a phase. Flows of the one before go on and count as its own. */
  begin(phase: LanePhase): void {
    this.#phases[phase.index] = phase;
    this.#phase = phase;
    this.#accepting = true;
    this.#free.clear();
    for (const { channel } of this.#seats.slice(0, this.#wanted)) {
      if (channel.step === null && !channel.backingOff && channel.place !== place.connecting)
        this.#ready(channel);
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
    const flow = phase.choose(user, 0);
    const step = this.#firsts[flow] ?? null;
    if (step === null || isSpent(this.#options.flows, flow, phase, this.#options.ended)) return false;
    const { recorder } = phase;
    countFlow(phase, step.index);
    const channel = this.#waiting.length === 0 ? takeFree(this.#free, this.#seats) : null;
    if (channel !== null) {
      this.#seats[channel.id]?.beginFlow(this.#options.flows, flow, user, phase.index);
      this.#start(channel, step, dueNs, phase.index);
    } else if (!this.#waiting.push(dueNs, user, flow, phase.index)) {
      recorder.dropped(step.index, dueNs, this.#loop.now());
      recorder.flows.ended++;
      this.#options.ended(phase.index);
    }
    return true;
  }

  /**
   * End everything that is in flight or waiting, as cut, and close all connections. Requests that had their time and
   * got no reply are failures; not so when the run was aborted.
   */
  close(aborted: boolean): void {
    this.#closed = true;
    this.#accepting = false;
    this.#opener.stop();
    this.#pauses.stop();
    const now = this.#loop.now();
    for (const { channel } of this.#seats) {
      const isBusy = channel.place === place.busy;
      this.#backoffs.retire(channel);
      cutOperation(this.#recorder(channel.phase), channel, { isBusy, nowNs: now, aborted });
    }
    while (this.#waiting.shift(this.#arrival)) {
      const step = this.#firsts[this.#arrival.flow] ?? null;
      if (step !== null)
        this.#recorder(this.#arrival.phase)?.cut(step, this.#arrival.dueNs, null, now, aborted);
    }
    this.#options.stop();
  }

  #resize(wanted: number): void {
    this.#wanted = wanted;
    for (let id = this.#seats.length; id < wanted; id++)
      this.#seats.push(new Seat(this.#options.createChannel(id, this), this.#fallen));
    for (let id = wanted; id < this.#seats.length; id++) {
      const seat = this.#seats[id];
      if (seat !== undefined && seat.channel.step === null && !seat.inFlow)
        this.#backoffs.retire(seat.channel);
    }
  }

  // ---- connections

  opened(channel: Channel): void {
    this.#opener.attempted(true);
    const { step } = channel;
    if (step === null) this.#ready(channel);
    else this.#send(channel, step);
  }

  openFailed(channel: Channel, failure: ErrorClass, detail: string): void {
    this.#opener.attempted(false);
    // the arrival that has waited longest is the one that this connection would have served
    if (channel.step === null && !this.#isTaken(channel)) this.#takeWaiting(channel);
    if (channel.step !== null) this.#failOperation(channel, failure, detail, false);
    this.#recover(channel);
  }

  replied(channel: Channel): void {
    // hot path
    const { step, phase, status } = channel;
    if (step === null) return;
    if (step.accepts[status] !== 1) {
      this.#disappointed(channel, classOfStatus(status), `status ${status}`);
      return;
    }
    // the reply is there: what is looked for in it is the generator's own time
    const now = this.#loop.now();
    if (step.exchange !== null && channel.session !== null) {
      const verdict = step.exchange.check(channel.reply(), channel.session);
      if (verdict !== null) {
        if ('failure' in verdict) this.#disappointed(channel, verdict.failure, verdict.detail);
        else sendAgain(channel, verdict);
        return;
      }
    }
    channel.step = null;
    const recorder = this.#recorder(phase);
    recorder?.success(step.index, channel.dueNs, channel.sentNs, now, channel);
    const goesOn = step.next !== null && this.#continue(channel, step, step.next, now);
    if (!goesOn) this.#endFlow(channel, step, now);
    this.#options.ended(phase);
    if (!goesOn) this.#ready(channel, now);
  }

  failed(channel: Channel, failure: ErrorClass, detail: string): void {
    this.#failOperation(channel, failure, detail, true);
    this.#recover(channel);
  }

  lost(channel: Channel): void {
    this.#recover(channel);
  }

  // ---- flows

  /** The connection has no operation and may take one; `now` is when it became ready. */
  #ready(channel: Channel, now = this.#loop.now()): void {
    // hot path
    if (this.#closed) {
      this.#backoffs.retire(channel);
      return;
    }
    if (this.#isTaken(channel)) {
      // its user thinks: have the connection up again by the time it is needed
      if (channel.place === place.down) channel.open();
      return;
    }
    if (channel.id >= this.#wanted) {
      this.#backoffs.retire(channel);
      return;
    }
    if (this.#takeWaiting(channel)) {
      this.#go(channel);
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

  /** Closed phase: the channel's user starts a flow now, or has the clock wake it when it may. */
  #nextFlow(channel: Channel, phase: LanePhase, now: number): void {
    // hot path
    const seat = this.#seats[channel.id];
    if (seat === undefined || !this.#mayStart(phase)) return;
    const user = phase.firstUser + channel.id * phase.userStep;
    const flows = seat.flowsOf(user, phase.index);
    if (flows >= phase.maxFlowsPerUser) return;
    if (flows > 0 && !this.#pauses.isRested(seat, now)) return;
    const flow = phase.choose(user, flows);
    const step = this.#firsts[flow] ?? null;
    if (step === null || isSpent(this.#options.flows, flow, phase, this.#options.ended)) return;
    const { recorder } = phase;
    if (phase.pacingNs > 0) recorder.paced(step.index, flows > 0 && now > seat.flowStartNs + phase.pacingNs);
    countFlow(phase, step.index);
    seat.flowStartNs = now;
    seat.beginFlow(this.#options.flows, flow, user, phase.index);
    this.#start(channel, step, now, phase.index);
  }

  #mayStart(phase: LanePhase): boolean {
    return this.#accepting && hasFlowsLeft(phase);
  }

  /**
   * The next step of a flow is due now, or when its user has thought, in the phase in which the flow started: one that
   * is under way is finished, also after the end of its phase. False when no more may start.
   */
  #continue(channel: Channel, step: Step, next: Step, now: number): boolean {
    // hot path
    const phase = this.#phases[channel.phase];
    if (this.#closed || phase === undefined || phase.recorder.totals.arrivals >= phase.maxRequests)
      return false;
    const seat = this.#seats[channel.id];
    if (seat !== undefined && this.#pauses.think(seat, step, next, now)) {
      if (channel.place === place.down) channel.open();
      return true;
    }
    phase.recorder.arrived(next.index);
    this.#start(channel, next, now, phase.index);
    return true;
  }

  /** A user has thought, or may start its next flow. */
  #onDue(seat: Seat, dueNs: number): void {
    // hot path
    const { channel, thinking: step } = seat;
    if (this.#closed) return;
    if (step === null) {
      if (!seat.inFlow && channel.step === null && !channel.backingOff) this.#ready(channel, dueNs);
      return;
    }
    seat.thinking = null;
    const phase = this.#phases[channel.phase];
    if (phase === undefined) return;
    if (phase.recorder.totals.arrivals >= phase.maxRequests) {
      this.#endFlow(channel, step, dueNs);
      this.#options.ended(phase.index);
      this.#ready(channel);
      return;
    }
    phase.recorder.arrived(step.index);
    this.#start(channel, step, dueNs, phase.index);
  }

  /** The flow ends after `step`, well or not; its user rests as long as it thinks, or keeps its pace. */
  #endFlow(channel: Channel, step: Step, now: number): void {
    // hot path
    const seat = this.#seats[channel.id];
    const phase = this.#phases[channel.phase];
    if (seat === undefined || phase === undefined) return;
    seat.endFlow();
    phase.recorder.flows.ended++;
    if (phase.model === 'closed') this.#pauses.rest(seat, step, phase, now);
  }

  /** Its user is in the middle of a flow, and thinks. */
  #isTaken(channel: Channel): boolean {
    // hot path
    return this.#seats[channel.id]?.thinking != null;
  }

  // ---- operations

  #start(channel: Channel, step: Step, dueNs: number, phase: number): void {
    // hot path
    assignOperation(channel, step, dueNs, phase);
    this.#go(channel);
  }

  #go(channel: Channel): void {
    // hot path
    if (channel.place === place.idle && channel.step !== null) this.#send(channel, channel.step);
    else if (channel.place === place.down && !channel.backingOff) channel.open();
  }

  /** The channel gets the arrival that has waited longest; false when none waits. */
  #takeWaiting(channel: Channel): boolean {
    // hot path
    if (!this.#waiting.shift(this.#arrival)) return false;
    const { dueNs, user, flow, phase } = this.#arrival;
    const step = this.#firsts[flow] ?? null;
    if (step === null) return false;
    this.#seats[channel.id]?.beginFlow(this.#options.flows, flow, user, phase);
    assignOperation(channel, step, dueNs, phase);
    return true;
  }

  #send(channel: Channel, step: Step): void {
    // hot path
    const fault = sendOperation(channel, step);
    // not at once: a user who cannot send would go round without end
    if (fault !== null) this.#loop.soon(() => this.#disappointed(channel, fault.failure, fault.detail));
  }

  /** A reply that is not what the scenario expects, or a request that cannot be made: the flow ends here. */
  #disappointed(channel: Channel, failure: ErrorClass, detail: string): void {
    const { step, phase } = channel;
    if (step === null) return;
    const now = this.#loop.now();
    channel.step = null;
    this.#recorder(phase)?.failure(step.index, failure, step.label, detail);
    this.#endFlow(channel, step, now);
    this.#options.ended(phase);
    this.#ready(channel, now);
  }

  #failOperation(channel: Channel, failure: ErrorClass, detail: string, sent: boolean): void {
    const { step, phase } = channel;
    if (step === null) return;
    const nowNs = this.#loop.now();
    channel.step = null;
    recordFailure(this.#recorder(phase), channel, step, { failure, detail, sent, nowNs });
    this.#endFlow(channel, step, nowNs);
    this.#options.ended(phase);
  }

  #recover(channel: Channel): void {
    if (!this.#closed) this.#backoffs.recover(channel);
  }

  #recorder(phase: number): Recorder | null {
    return this.#phases[phase]?.recorder ?? null;
  }
}
