import { place } from '../connections/channel.ts';
import { classOfStatus } from '../record/error-class.ts';
import { Backoffs } from './backoffs.ts';
import { ChannelOpener } from './open-channels.ts';
import { assignOperation, cutOperation, recordFailure, sendAgain, sendOperation } from './operation.ts';
import { Pauses } from './pauses.ts';
import { Seat } from './seat.ts';
import type { Channel, ChannelOwner } from '../connections/channel.ts';
import type { StepFailure } from '../flows/exchange.ts';
import type { Step } from '../flows/flows.ts';
import type { ErrorClass } from '../record/error-class.ts';
import type { Recorder } from '../record/recorder.ts';
import type { ChannelLaneOptions } from './channel-lane.ts';
import type { LanePhase } from './lane.ts';

/** Who gives the channels something to do. */
export interface FlowOwner {
  /** The channel has no operation and may take one; `now` is when it became ready. */
  ready(channel: Channel, now: number): void;
  /** A flow that waits is put on the channel, and not sent; false when none waits. */
  takeWaiting(channel: Channel): boolean;
}

/**
 * Sees flows through on the channels of a lane: their steps one after the other on one connection, which stays the
 * user's while it thinks. It decides when a step is due only where that depends on a reply, with the time to think
 * after it; when flows start is for its owner to say.
 *
 *     start ── sent ── replied ── (thinks) ── next step ── ... ── replied | failed ── flow ends ── ready
 */
export class FlowRunner implements ChannelOwner {
  /** By the id of their channels. */
  readonly seats: Seat[] = [];
  /** By their position in the plan. */
  readonly phases: LanePhase[] = [];
  readonly pauses: Pauses;
  readonly #options: ChannelLaneOptions;
  readonly #loop: ChannelLaneOptions['loop'];
  readonly #owner: FlowOwner;
  readonly #fallen = (seat: Seat, dueNs: number): void => this.#onDue(seat, dueNs);
  readonly #backoffs: Backoffs;
  readonly #opener = new ChannelOpener();
  #closed = false;

  constructor(options: ChannelLaneOptions, owner: FlowOwner) {
    this.#options = options;
    this.#loop = options.loop;
    this.#owner = owner;
    this.pauses = new Pauses(options);
    this.#backoffs = new Backoffs(options.loop, (channel) => this.ready(channel));
  }

  /** Have this many channels, or more. */
  grow(size: number): void {
    for (let id = this.seats.length; id < size; id++)
      this.seats.push(new Seat(this.#options.createChannel(id, this), this.#fallen));
  }

  /** Open the first channels; resolves when that is done, or has failed. */
  open(size: number): Promise<void> {
    return this.#opener.open(this.seats.slice(0, size).map(({ channel }) => channel));
  }

  /** Close the channel, unless somebody opens it. */
  retire(channel: Channel): void {
    this.#backoffs.retire(channel);
  }

  /** Its user is in the middle of a flow, and thinks. */
  isTaken(channel: Channel): boolean {
    // hot path
    return this.seats[channel.id]?.thinking != null;
  }

  /** A flow starts on the channel with a step that is due. */
  start(channel: Channel, step: Step, dueNs: number, phase: number): void {
    // hot path
    assignOperation(channel, step, dueNs, phase);
    this.go(channel);
  }

  /** Send the channel's operation, or open the channel for it. */
  go(channel: Channel): void {
    // hot path
    if (channel.place === place.idle && channel.step !== null) this.#send(channel, channel.step);
    else if (channel.place === place.down && !channel.backingOff) channel.open();
  }

  /** The channel has nothing to do. */
  ready(channel: Channel, now = this.#loop.now()): void {
    // hot path
    if (this.#closed) this.#backoffs.retire(channel);
    // its user thinks: have the connection up again by the time it is needed
    else if (!this.isTaken(channel)) this.#owner.ready(channel, now);
    else if (channel.place === place.down) channel.open();
  }

  /** End everything that is in flight, as cut, and close all connections. */
  close(now: number, aborted: boolean): void {
    this.#closed = true;
    this.#opener.stop();
    this.pauses.stop();
    for (const { channel } of this.seats) {
      const isBusy = channel.place === place.busy;
      this.#backoffs.retire(channel);
      cutOperation(this.recorder(channel.phase), channel, { isBusy, nowNs: now, aborted });
    }
  }

  recorder(phase: number): Recorder | null {
    return this.phases[phase]?.recorder ?? null;
  }

  // ---- connections

  opened(channel: Channel): void {
    this.#opener.attempted(true);
    const { step } = channel;
    if (step === null) this.ready(channel);
    else this.#send(channel, step);
  }

  openFailed(channel: Channel, failure: ErrorClass, detail: string): void {
    this.#opener.attempted(false);
    // the arrival that has waited longest is the one that this connection would have served
    if (channel.step === null && !this.isTaken(channel)) this.#owner.takeWaiting(channel);
    if (channel.step !== null) this.#fail(channel, { failure, detail }, false);
    this.lost(channel);
  }

  replied(channel: Channel): void {
    // hot path
    const { step, phase, status } = channel;
    if (step === null) return;
    if (step.accepts[status] !== 1) {
      this.#disappointed(channel, { failure: classOfStatus(status), detail: `status ${status}` }, true);
      return;
    }
    // the reply is there: what is looked for in it is the generator's own time
    const now = this.#loop.now();
    if (step.exchange !== null && channel.session !== null) {
      const verdict = step.exchange.check(channel.reply(), channel.session);
      if (verdict !== null) {
        if ('failure' in verdict) this.#disappointed(channel, verdict, true);
        else sendAgain(channel, verdict);
        return;
      }
    }
    channel.step = null;
    const recorder = this.recorder(phase);
    recorder?.success(step.index, channel.dueNs, channel.sentNs, now, channel);
    const goesOn = step.next !== null && this.#continue(channel, step, step.next, now);
    if (!goesOn) this.#endFlow(channel, step, now);
    this.#options.ended(phase);
    if (!goesOn) this.ready(channel, now);
  }

  failed(channel: Channel, failure: ErrorClass, detail: string): void {
    this.#fail(channel, { failure, detail }, true);
    this.lost(channel);
  }

  lost(channel: Channel): void {
    if (!this.#closed) this.#backoffs.recover(channel);
  }

  // ---- steps

  /**
   * The next step of a flow is due now, or when its user has thought, in the phase in which the flow started: one that
   * is under way is finished, also after the end of its phase. False when no more may start.
   */
  #continue(channel: Channel, step: Step, next: Step, now: number): boolean {
    // hot path
    const phase = this.phases[channel.phase];
    if (this.#closed || phase === undefined || phase.recorder.totals.arrivals >= phase.maxRequests)
      return false;
    const seat = this.seats[channel.id];
    if (seat !== undefined && this.pauses.think(seat, step, next, now)) {
      if (channel.place === place.down) channel.open();
      return true;
    }
    phase.recorder.arrived(next.index);
    this.start(channel, next, now, phase.index);
    return true;
  }

  /** A user has thought, or may start its next flow. */
  #onDue(seat: Seat, dueNs: number): void {
    // hot path
    const { channel, thinking: step } = seat;
    if (this.#closed) return;
    if (step === null) {
      if (!seat.inFlow && channel.step === null && !channel.backingOff) this.ready(channel, dueNs);
      return;
    }
    seat.thinking = null;
    const phase = this.phases[channel.phase];
    if (phase === undefined) return;
    if (phase.recorder.totals.arrivals >= phase.maxRequests) {
      this.#endFlow(channel, step, dueNs);
      this.#options.ended(phase.index);
      this.ready(channel);
      return;
    }
    phase.recorder.arrived(step.index);
    this.start(channel, step, dueNs, phase.index);
  }

  /** The flow ends after `step`, well or not; its user rests as long as it thinks, or keeps its pace. */
  #endFlow(channel: Channel, step: Step, now: number): void {
    // hot path
    const seat = this.seats[channel.id];
    const phase = this.phases[channel.phase];
    if (seat === undefined || phase === undefined) return;
    seat.endFlow();
    phase.recorder.flows.ended++;
    if (phase.model === 'closed') this.pauses.rest(seat, step, phase, now);
  }

  #send(channel: Channel, step: Step): void {
    // hot path
    const fault = sendOperation(channel, step);
    // not at once: a user who cannot send would go round without end
    if (fault !== null) this.#loop.soon(() => this.#disappointed(channel, fault, false));
  }

  /** A reply that is not what the scenario expects, or a request that cannot be made: the flow ends here. */
  #disappointed(channel: Channel, failure: StepFailure, sent: boolean): void {
    const now = this.#loop.now();
    if (this.#fail(channel, failure, sent, now)) this.ready(channel, now);
  }

  /** False when the channel had no operation. */
  #fail(channel: Channel, failure: StepFailure, sent: boolean, nowNs = this.#loop.now()): boolean {
    const { step, phase } = channel;
    if (step === null) return false;
    channel.step = null;
    recordFailure(this.recorder(phase), channel, failure, { step, sent, nowNs });
    this.#endFlow(channel, step, nowNs);
    this.#options.ended(phase);
    return true;
  }
}
