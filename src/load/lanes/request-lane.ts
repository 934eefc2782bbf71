import { ArrivalQueue } from '../arrivals/arrival-queue.ts';
import { place } from '../connections/channel.ts';
import { classOfStatus } from '../record/error-class.ts';
import { FreeList } from '../connections/free-list.ts';
import type { Arrival } from '../arrivals/arrival-queue.ts';
import type { Channel, ChannelOwner } from '../connections/channel.ts';
import type { ErrorClass } from '../record/error-class.ts';
import type { EventLoop, Timer } from '../engine/event-loop.ts';
import type { Flows, Step } from '../flows/flows.ts';
import type { Lane, LaneLevels, LanePhase } from './lane.ts';
import type { EncodedRequest } from '../protocols/protocol.ts';
import type { Recorder } from '../record/recorder.ts';

export interface RequestLaneOptions {
  readonly loop: EventLoop;
  readonly flows: Flows;
  readonly maxWaiting: number;
  readonly createChannel: (id: number, owner: ChannelOwner) => Channel;
  /** An operation of the phase has ended; called for each, so it must be quick. */
  readonly ended: (phase: number) => void;
  /** A connection opened (also without an operation). */
  readonly connected: (tookNs: number) => void;
}

/** Connections that are opened at a time before a phase: more would overflow a server's accept queue. */
const opensAtATime = 128;

/**
 * Puts operations on connections and sees them through: the users of a closed model, the arrivals of an open one,
 * the steps of a flow, one after the other on one connection. It decides when an operation is due only where that
 * depends on a reply; arrivals come from outside with their due time, which stays theirs however long they wait.
 *
 * Free connections are used in turn (first in, first out): each gets its share of the traffic, so none idles into
 * the server's keep-alive time-out, and a server that spreads connections over workers sees all of its workers used.
 */
export class RequestLane implements Lane, ChannelOwner {
  readonly #options: RequestLaneOptions;
  readonly #loop: EventLoop;
  readonly #flows: Flows;
  readonly #waiting: ArrivalQueue;
  readonly #phases: LanePhase[] = [];
  readonly #channels: Channel[] = [];
  readonly #free = new FreeList();
  readonly #backoffs = new Map<Channel, Timer>();
  readonly #arrival: Arrival = { dueNs: 0, flow: 0, phase: 0 };
  /** A connection opened, or could not be; null to look again. */
  #attempted: (opened: boolean | null) => void = nothing;
  #wanted = 0;
  #phase: LanePhase | null = null;
  #accepting = false;
  #closed = false;

  constructor(options: RequestLaneOptions) {
    this.#options = options;
    this.#loop = options.loop;
    this.#flows = options.flows;
    this.#waiting = new ArrivalQueue(options.maxWaiting);
  }

  levels(): LaneLevels {
    let inFlight = 0;
    let connections = 0;
    for (const { step, place: at } of this.#channels) {
      if (step !== null) inFlight++;
      if (at === place.idle || at === place.busy) connections++;
    }
    return { inFlight, waiting: this.#waiting.length, connections };
  }

  /** Surplus connections close when they are free. */
  prepare({ size }: LanePhase): Promise<void> {
    this.#resize(size);
    const down = this.#channels
      .slice(0, size)
      .filter((channel) => channel.place === place.down && !channel.backingOff);
    return new Promise((resolve) => {
      let next = 0;
      let opening = 0;
      let failed = false;
      const openMore = (): void => {
        for (; opening < opensAtATime && next < down.length; next++) {
          opening++;
          down[next]?.open();
        }
      };
      this.#attempted = (opened) => {
        if (opened !== null) opening--;
        failed ||= opened === false;
        if (!failed) openMore();
        if (opening > 0 && !failed && !this.#closed) return;
        this.#attempted = nothing;
        resolve();
      };
      this.#attempted(null);
    });
  }

  setUsers(users: number): void {
    this.#resize(users);
    if (this.#accepting) this.#readyAll();
  }

  /** Start a phase. Operations of the one before go on and count as its own. */
  begin(phase: LanePhase): void {
    this.#phases[phase.index] = phase;
    this.#phase = phase;
    this.#accepting = true;
    this.#free.clear();
    this.#readyAll();
  }

  /** No more operations start, but arrivals that wait are still sent. */
  quiesce(): void {
    this.#accepting = false;
  }

  /** An arrival of the current open phase. False when the phase has had all its requests. */
  arrive(dueNs: number): boolean {
    // hot path
    const phase = this.#phase;
    if (phase === null || !this.#mayStart(phase)) return false;
    const flow = this.#flows.choose();
    const step = this.#flows.firsts[flow];
    if (step === undefined) return false;
    phase.recorder.arrived(step.index);
    const channel = this.#waiting.length === 0 ? this.#takeFree() : null;
    if (channel !== null) {
      this.#start(channel, step, dueNs, phase.index);
    } else if (!this.#waiting.push(dueNs, flow, phase.index)) {
      phase.recorder.dropped(step.index, dueNs, this.#loop.now());
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
    this.#attempted(null);
    const now = this.#loop.now();
    for (const channel of this.#channels) {
      const { step, phase, dueNs, sentNs } = channel;
      const sent = channel.place === place.busy;
      this.#retire(channel);
      if (step === null) continue;
      channel.step = null;
      this.#recorder(phase)?.cut(step, dueNs, sent ? sentNs : null, now, aborted);
    }
    while (this.#waiting.shift(this.#arrival)) {
      const step = this.#flows.firsts[this.#arrival.flow];
      if (step !== undefined)
        this.#recorder(this.#arrival.phase)?.cut(step, this.#arrival.dueNs, null, now, aborted);
    }
  }

  #resize(wanted: number): void {
    this.#wanted = wanted;
    for (let id = this.#channels.length; id < wanted; id++)
      this.#channels.push(this.#options.createChannel(id, this));
    for (const channel of this.#channels.slice(wanted)) {
      if (channel.step === null) this.#retire(channel);
    }
  }

  #readyAll(): void {
    for (const channel of this.#channels.slice(0, this.#wanted)) {
      if (channel.step === null && !channel.backingOff && channel.place !== place.connecting)
        this.#ready(channel);
    }
  }

  // ---- connections

  opened(channel: Channel, tookNs: number): void {
    this.#options.connected(tookNs);
    this.#attempted(true);
    const { step } = channel;
    if (step === null) this.#ready(channel);
    else this.#send(channel, step);
  }

  openFailed(channel: Channel, failure: ErrorClass, detail: string): void {
    this.#attempted(false);
    if (channel.step !== null) {
      this.#failOperation(channel, failure, detail, false);
    } else if (this.#waiting.shift(this.#arrival)) {
      // the arrival that has waited longest is the one that this connection would have served
      const step = this.#flows.firsts[this.#arrival.flow];
      if (step !== undefined) this.#assign(channel, step, this.#arrival.dueNs, this.#arrival.phase);
      this.#failOperation(channel, failure, detail, false);
    }
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
    if (step.exchange !== null && channel.session !== null) {
      const verdict = step.exchange.check(channel.reply(), channel.session);
      if (verdict !== null) {
        if ('failure' in verdict) this.#disappointed(channel, verdict.failure, verdict.detail);
        else this.#sendAgain(channel, verdict);
        return;
      }
    }
    const now = this.#loop.now();
    channel.step = null;
    this.#recorder(phase)?.success(step.index, channel.dueNs, channel.sentNs, now);
    this.#options.ended(phase);
    if (step.next !== null && this.#continue(channel, step.next, now)) return;
    this.#ready(channel, now);
  }

  failed(channel: Channel, failure: ErrorClass, detail: string): void {
    this.#failOperation(channel, failure, detail, true);
    this.#recover(channel);
  }

  lost(channel: Channel): void {
    this.#recover(channel);
  }

  // ---- operations

  /** The connection has no operation and may take one; `now` is when it became ready. */
  #ready(channel: Channel, now = this.#loop.now()): void {
    // hot path
    if (this.#closed || channel.id >= this.#wanted) {
      this.#retire(channel);
      return;
    }
    if (this.#waiting.shift(this.#arrival)) {
      const { dueNs, flow, phase } = this.#arrival;
      const step = this.#flows.firsts[flow];
      if (step !== undefined) this.#start(channel, step, dueNs, phase);
      return;
    }
    const phase = this.#phase;
    if (phase !== null && phase.model === 'closed') {
      if (!this.#mayStart(phase)) return;
      const step = this.#flows.firsts[this.#flows.choose()];
      if (step === undefined) return;
      phase.recorder.arrived(step.index);
      this.#start(channel, step, now, phase.index);
    } else if (channel.place === place.idle) {
      this.#free.push(channel);
    } else if (channel.place === place.down) {
      channel.open();
    }
  }

  #mayStart(phase: LanePhase): boolean {
    return this.#accepting && phase.recorder.totals.arrivals < phase.maxRequests;
  }

  /**
   * The next step of a flow is due now, in the phase in which the flow started: one that is under way is finished,
   * also after the end of its phase. False when no more may start.
   */
  #continue(channel: Channel, step: Step, now: number): boolean {
    const phase = this.#phases[channel.phase];
    if (this.#closed || phase === undefined || phase === null) return false;
    if (phase.recorder.totals.arrivals >= phase.maxRequests) return false;
    phase.recorder.arrived(step.index);
    this.#start(channel, step, now, phase.index);
    return true;
  }

  #start(channel: Channel, step: Step, dueNs: number, phase: number): void {
    // hot path
    this.#assign(channel, step, dueNs, phase);
    if (channel.place === place.idle) this.#send(channel, step);
    else if (channel.place === place.down) channel.open();
  }

  #send(channel: Channel, step: Step): void {
    // hot path
    if (channel.again !== null) {
      channel.send(channel.again);
      channel.again = null;
      return;
    }
    if (step.exchange === null || channel.session === null) {
      channel.sentNs = this.#loop.now();
      channel.send(step.request);
      return;
    }
    const rendered = step.exchange.render(channel.session);
    channel.sentNs = this.#loop.now();
    if (!('failure' in rendered)) channel.send(rendered);
    // not at once: a user who cannot send would go round without end
    else this.#loop.soon(() => this.#disappointed(channel, rendered.failure, rendered.detail));
  }

  /** The operation goes on with another request, over a new connection if the server has closed this one. */
  #sendAgain(channel: Channel, request: EncodedRequest): void {
    if (channel.place === place.idle) {
      channel.send(request);
      return;
    }
    channel.again = request;
    channel.open();
  }

  /** A reply that is not what the scenario expects, or a request that cannot be made: the flow ends here. */
  #disappointed(channel: Channel, failure: ErrorClass, detail: string): void {
    const { step, phase } = channel;
    if (step === null) return;
    channel.step = null;
    this.#recorder(phase)?.failure(step.index, failure, step.label, detail);
    this.#options.ended(phase);
    this.#ready(channel);
  }

  #assign(channel: Channel, step: Step, dueNs: number, phase: number): void {
    channel.step = step;
    channel.dueNs = dueNs;
    channel.phase = phase;
    channel.again = null;
  }

  #failOperation(channel: Channel, failure: ErrorClass, detail: string, sent: boolean): void {
    const { step, phase, dueNs, sentNs } = channel;
    if (step === null) return;
    channel.step = null;
    const recorder = this.#recorder(phase);
    if (failure === 'timeout' || failure === 'connect_timeout') {
      recorder?.censored(step.index, dueNs, sent ? sentNs : null, this.#loop.now());
    }
    recorder?.failure(step.index, failure, step.label, detail);
    this.#options.ended(phase);
  }

  /** A connection that is down goes on at once after a good reply, else after a pause that grows. */
  #recover(channel: Channel): void {
    if (this.#closed || channel.backingOff) return;
    channel.backingOff = true;
    const timer = this.#loop.after(channel.backoffNs(), () => {
      this.#backoffs.delete(channel);
      channel.backingOff = false;
      if (channel.step === null && channel.place === place.down) this.#ready(channel);
    });
    this.#backoffs.set(channel, timer);
  }

  #takeFree(): Channel | null {
    // hot path: connections that went down or were closed since are passed over
    for (let free = this.#free.shift(); free !== null; free = this.#free.shift()) {
      if (free.place === place.idle && free.step === null) return free;
    }
    return null;
  }

  #retire(channel: Channel): void {
    this.#backoffs.get(channel)?.cancel();
    this.#backoffs.delete(channel);
    channel.backingOff = false;
    channel.close();
  }

  #recorder(phase: number): Recorder | null {
    return this.#phases[phase]?.recorder ?? null;
  }
}

function nothing(): void {}
