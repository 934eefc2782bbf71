import { SocketMessage } from './socket-message.ts';
import { valueAt } from './value-at.ts';
import type { Clock } from '../../../measure/clock.ts';
import type { JsonPath } from '../../../model/exchange-plan.ts';
import type { Traffic } from '../../connections/connection-context.ts';
import type { EventLoop } from '../../engine/event-loop.ts';
import type { StepFailure } from '../../flows/exchange.ts';
import type { Recorder } from '../../record/recorder.ts';
import type { OperationTimes } from '../../record/slowest-operations.ts';
import type { LanePhase } from '../lane.ts';
import type { SocketStep } from './socket-step.ts';
import type { SocketWire } from './socket-wire.ts';

/** What the conversations of a lane share. */
export interface ConversationContext {
  readonly loop: EventLoop;
  /** Wall clock in milliseconds, for messages that say when they were sent. */
  readonly wallMs: Clock;
  readonly traffic: Traffic;
  /** Messages of one user that may wait for its socket. */
  readonly maxWaiting: number;
  readonly recorder: (phase: number) => Recorder | null;
  /** An operation of the phase has ended. */
  readonly ended: (phase: number) => void;
}

export interface ConversationOwner {
  /** A message has its reply: the next may be due. */
  replied(nowNs: number): void;
  /** One has had none in time. */
  timedOut(nowNs: number): void;
  /** A message came that replies to none. */
  heard(): void;
}

/** A server that does not read makes what is sent to it pile up here. */
const maxBufferedBytes = 16 * 1024 ** 2;
const maxDeliveryMs = 86_400_000;

/** The messages of one user: those that wait for its socket, those without a reply yet, and what it hears. */
export class Conversation {
  /** Messages sent in this flow, and received in it. */
  sent = 0;
  received = 0;

  readonly #context: ConversationContext;
  readonly #step: SocketStep;
  readonly #owner: ConversationOwner;
  #phase: LanePhase;
  /** Due times of messages that wait for the socket. */
  #waiting: number[] = [];
  /** By what the reply repeats; in the order in which they were sent. */
  readonly #pending = new Map<string, SocketMessage>();
  /** When a listener began to listen; null when it does not. */
  #listeningNs: number | null = null;
  #lastReceivedNs = 0;
  readonly #onTimeout = (message: SocketMessage, nowNs: number): void => this.#expire(message, nowNs);

  constructor(step: SocketStep, phase: LanePhase, owner: ConversationOwner, context: ConversationContext) {
    this.#step = step;
    this.#phase = phase;
    this.#owner = owner;
    this.#context = context;
  }

  get inFlight(): number {
    return this.#pending.size + (this.#listeningNs === null ? 0 : 1);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** A flow of this phase begins. */
  begin(phase: LanePhase): void {
    this.#phase = phase;
    this.sent = 0;
    this.received = 0;
  }

  /** A message is due: it is sent, or waits for the socket (`wire` is null) or for the server to read. */
  due(dueNs: number, wire: SocketWire | null): void {
    // hot path
    const { loop, maxWaiting, ended } = this.#context;
    const { recorder, index } = this.#phase;
    recorder.arrived(this.#step.index);
    if (wire !== null && this.#waiting.length === 0 && wire.bufferedBytes <= maxBufferedBytes) {
      this.#send(wire, dueNs);
    } else if (this.#waiting.length < maxWaiting) {
      this.#waiting.push(dueNs);
    } else {
      recorder.dropped(this.#step.index, dueNs, loop.now());
      ended(index);
    }
  }

  /** There is a socket, or room in it. */
  sendWaiting(wire: SocketWire): void {
    while (this.#waiting.length > 0 && wire.bufferedBytes <= maxBufferedBytes) {
      const dueNs = this.#waiting.shift();
      if (dueNs !== undefined) this.#send(wire, dueNs);
    }
  }

  #send(wire: SocketWire, dueNs: number): void {
    // hot path
    const { loop, traffic, ended } = this.#context;
    const { write, replyDeadlines, index } = this.#step;
    const phase = this.#phase;
    const number = this.sent++;
    const message = write?.(number) ?? '';
    const sentNs = loop.now();
    wire.send(message);
    traffic.bytesOut += message.length;
    phase.recorder.count('ws_messages_out', index);
    if (replyDeadlines === null) {
      phase.recorder.sent(index, dueNs, sentNs);
      ended(phase.index);
      return;
    }
    const key = String(number);
    const pending = new SocketMessage({ phase: phase.index, dueNs, sentNs, key }, this.#onTimeout);
    this.#pending.set(key, pending);
    replyDeadlines.add(pending, sentNs);
  }

  hear(message: Uint8Array, isBinary: boolean): void {
    // hot path
    const { loop, traffic } = this.#context;
    const { plan, index } = this.#step;
    const now = loop.now();
    traffic.bytesIn += message.length;
    this.received++;
    const { recorder } = this.#phase;
    recorder.count('ws_messages_in', index);
    if (this.#listeningNs !== null) {
      if (this.#lastReceivedNs > 0) recorder.duration('ws_gap', index, now - this.#lastReceivedNs);
      this.#lastReceivedNs = now;
    }
    const text = isBinary ? nothing : message;
    if (plan.stamp !== null) this.#readStamp(text, plan.stamp);
    const answered = plan.match === null ? undefined : this.#find(text, plan.match.place);
    if (answered === undefined) this.#owner.heard();
    else this.#answer(answered, now);
  }

  #readStamp(text: Uint8Array, place: JsonPath): void {
    const tookMs = this.#context.wallMs() - Number(valueAt(text, place) ?? NaN);
    // a clock that is not ours makes times below zero, or of years
    if (tookMs >= 0 && tookMs < maxDeliveryMs)
      this.#phase.recorder.duration('ws_delivery', this.#step.index, tookMs * 1e6);
  }

  #find(text: Uint8Array, place: JsonPath | null): SocketMessage | undefined {
    // hot path
    if (place === null) {
      for (const first of this.#pending.values()) return first;
      return undefined;
    }
    const value = valueAt(text, place);
    return typeof value === 'string' || typeof value === 'number'
      ? this.#pending.get(String(value))
      : undefined;
  }

  #answer(message: SocketMessage, nowNs: number): void {
    // hot path
    const { index, replyDeadlines } = this.#step;
    this.#pending.delete(message.key);
    replyDeadlines?.remove(message);
    this.#context.recorder(message.phase)?.success(index, message.dueNs, message.sentNs, nowNs);
    this.#context.ended(message.phase);
    this.#owner.replied(nowNs);
  }

  #expire(message: SocketMessage, nowNs: number): void {
    const recorder = this.#context.recorder(message.phase);
    const elapsed = ((nowNs - message.sentNs) / 1e6).toFixed(0);
    this.#pending.delete(message.key);
    const failure = { failure: 'timeout', detail: `no reply within ${elapsed}ms` } as const;
    recorder?.failed(this.#step, failure, timesOf(message, nowNs));
    this.#context.ended(message.phase);
    this.#owner.timedOut(nowNs);
  }

  beginListening(): void {
    if (this.#listeningNs !== null) return;
    this.#phase.recorder.arrived(this.#step.index);
    this.#listeningNs = this.#context.loop.now();
    this.#lastReceivedNs = 0;
  }

  /** Listened to the end when `failure` is null. */
  endListening(failure: StepFailure | null): void {
    const startNs = this.#listeningNs;
    if (startNs === null) return;
    this.#listeningNs = null;
    const { recorder, index: phase } = this.#phase;
    const endNs = this.#context.loop.now();
    if (failure === null) recorder.success(this.#step.index, startNs, startNs, endNs);
    else recorder.failed(this.#step, failure, { dueNs: startNs, sentNs: startNs, endNs });
    this.#context.ended(phase);
  }

  /** The socket is gone, and with it every reply to come. */
  failPending(failure: StepFailure): void {
    const { replyDeadlines } = this.#step;
    const now = this.#context.loop.now();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const message of pending) {
      replyDeadlines?.remove(message);
      this.#context.recorder(message.phase)?.failed(this.#step, failure, timesOf(message, now));
      this.#context.ended(message.phase);
    }
    this.endListening(failure);
  }

  /** There is no socket to be had for those that wait for one; a listener has nothing else that could fail. */
  failWaiting(failure: StepFailure): void {
    const { index, plan } = this.#step;
    const { recorder, index: phase } = this.#phase;
    const endNs = this.#context.loop.now();
    if (plan.send === null) {
      recorder.arrived(index);
      this.#waiting.push(endNs);
    }
    for (const dueNs of this.#waiting.splice(0)) {
      recorder.failed(this.#step, failure, { dueNs, sentNs: null, endNs });
      this.#context.ended(phase);
    }
  }

  /** The run is over. */
  cut(aborted: boolean): void {
    const now = this.#context.loop.now();
    for (const message of this.#pending.values()) {
      this.#step.replyDeadlines?.remove(message);
      this.#context.recorder(message.phase)?.cut(this.#step, message.dueNs, message.sentNs, now, aborted);
    }
    this.#pending.clear();
    for (const dueNs of this.#waiting.splice(0))
      this.#phase.recorder.cut(this.#step, dueNs, null, now, aborted);
    this.endListening(null);
  }
}

function timesOf({ dueNs, sentNs }: SocketMessage, endNs: number): OperationTimes {
  return { dueNs, sentNs, endNs };
}

/** Of a binary message, which is no JSON. */
const nothing = new Uint8Array(0);
