import { backoffNs } from '../../connections/backoff.ts';
import { openWire } from '../../connections/open-wire.ts';
import { classOfSocketError, classOfStatus } from '../../record/error-class.ts';
import { reply } from '../../protocols/protocol.ts';
import { EventStreamParser } from './event-stream-parser.ts';
import type { EventsPlan } from '../../../model/stream-plan.ts';
import type { Traffic } from '../../connections/connection-context.ts';
import type { DeadlineQueue, Deadlined } from '../../connections/deadline-queue.ts';
import type { Transport, Wire, WireEvents } from '../../connections/transport.ts';
import type { EventLoop, Timer } from '../../engine/event-loop.ts';
import type { EncodedRequest, ReplyParser } from '../../protocols/protocol.ts';
import type { ErrorClass } from '../../record/error-class.ts';
import type { LanePhase } from '../lane.ts';
import type { NewUser, StreamOwner, StreamUser } from '../stream-lane.ts';

/** A step of events, ready to carry out; shared by its users. */
export interface EventsStep {
  /** Position among all steps of the scenario. */
  readonly index: number;
  /** For error examples. */
  readonly label: string;
  readonly plan: EventsPlan;
  readonly request: EncodedRequest;
  /** 1 at every status that counts as success. */
  readonly accepts: Uint8Array;
}

/** What all users of a lane share. */
export interface EventsUserContext extends StreamOwner<EventsStep> {
  readonly loop: EventLoop;
  readonly transport: Transport;
  readonly createParser: () => ReplyParser;
  readonly traffic: Traffic;
  readonly connectDeadlines: DeadlineQueue;
  /** The next event is waited for so long. */
  readonly eventDeadlines: DeadlineQueue;
  readonly ended: (phase: number) => void;
}

/**
 * One user who asks for a stream of events, reads it to the end of its step, and asks again. Each stream is one operation
 * on a connection of its own, due when it is asked for.
 */
export class EventsUser implements StreamUser<EventsStep>, WireEvents, Deadlined {
  readonly step: EventsStep;
  /** It connects when it asks: that is part of the operation. */
  readonly isDown = false;
  readonly waiting = 0;
  deadlineNs = 0;
  earlier: Deadlined | null = null;
  later: Deadlined | null = null;
  queued = false;

  readonly #context: EventsUserContext;
  readonly #parser: ReplyParser;
  #events: EventStreamParser;
  #once: boolean;
  #phase: LanePhase;
  /** The phase in which the stream was due. */
  #phaseOfStream: LanePhase;
  #wire: Wire | null = null;
  #isOpen = false;
  #streaming = false;
  #quiesced = false;
  #dueNs = 0;
  #openingNs = 0;
  #sentNs = 0;
  #lastEventNs = 0;
  #flows = 0;
  #failures = 0;
  #until: Timer | null = null;
  #rest: Timer | null = null;

  constructor({ step, phase, once }: NewUser<EventsStep>, context: EventsUserContext) {
    this.step = step;
    this.#phase = phase;
    this.#phaseOfStream = phase;
    this.#once = once;
    this.#context = context;
    this.#parser = context.createParser();
    this.#events = new EventStreamParser(step.plan.maxEventBytes);
    this.#parser.sink = (bytes, start, end) => this.#read(bytes, start, end);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get inFlight(): number {
    return this.#streaming ? 1 : 0;
  }

  open(): void {
    // see isDown
  }

  begin(phase: LanePhase, startNs: number): void {
    this.#phase = phase;
    this.#flows = 0;
    this.#quiesced = false;
    // a stream of the phase before goes on, and is followed by one of this phase
    if (!this.#streaming) this.#start(startNs);
  }

  quiesce(): void {
    this.#quiesced = true;
    this.#rest?.cancel();
  }

  leave(): void {
    this.#once = true;
    this.quiesce();
    if (!this.#streaming) this.#context.finished(this);
  }

  close(aborted: boolean): void {
    const wasStreaming = this.#streaming;
    const sentNs = this.#isOpen ? this.#sentNs : null;
    const phase = this.#phaseOfStream;
    this.quiesce();
    this.#hangUp();
    if (!wasStreaming) return;
    this.#streaming = false;
    phase.recorder.cut(this.step, this.#dueNs, sentNs, this.#context.loop.now(), aborted);
    phase.recorder.flows.ended++;
  }

  #start(dueNs: number): void {
    const { loop, connectDeadlines } = this.#context;
    const phase = this.#phase;
    this.#phaseOfStream = phase;
    this.#streaming = true;
    this.#flows++;
    this.#dueNs = dueNs;
    phase.recorder.flows.started++;
    phase.recorder.arrived(this.step.index);
    const now = loop.now();
    this.#openingNs = now;
    connectDeadlines.add(this, now);
    this.#wire = openWire(this, this.#context);
  }

  // ---- events of the wire

  opened(): void {
    const { loop, traffic, connectDeadlines, eventDeadlines, attempted } = this.#context;
    if (!this.#streaming || this.#isOpen) return;
    const { request, plan } = this.step;
    connectDeadlines.remove(this);
    this.#isOpen = true;
    const now = loop.now();
    attempted(this.step, now - this.#openingNs);
    this.#events = new EventStreamParser(plan.maxEventBytes);
    this.#parser.expect(request.bodiless, null);
    this.#sentNs = now;
    this.#lastEventNs = 0;
    traffic.bytesOut += request.bytes.length;
    eventDeadlines.add(this, now);
    if (plan.untilNs !== null) this.#until = loop.after(plan.untilNs, () => this.#succeed());
    this.#wire?.write(request.bytes);
  }

  received(bytes: Uint8Array, length: number): void {
    // hot path
    this.#context.traffic.bytesIn += length;
    if (!this.#streaming) return;
    const parser = this.#parser;
    parser.push(bytes, 0, length);
    // the step may have been done by an event in these bytes
    if (!this.#streaming) return;
    if (this.#events.reason !== '') this.#fail('protocol', this.#events.reason);
    else if (parser.status !== 0 && this.step.accepts[parser.status] !== 1)
      this.#fail(classOfStatus(parser.status), `status ${parser.status}`);
    else if (parser.state === reply.failed)
      this.#fail(parser.fault, `the reply is not valid: ${parser.reason}`);
    else if (parser.state === reply.done) this.#failEnded();
  }

  #read(bytes: Uint8Array, start: number, end: number): void {
    // hot path
    const { loop, eventDeadlines } = this.#context;
    const { index, accepts, plan } = this.step;
    if (!this.#streaming || accepts[this.#parser.status] !== 1) return;
    const events = this.#events;
    const fresh = events.push(bytes, start, end);
    if (fresh === 0) return;
    const now = loop.now();
    const { recorder } = this.#phaseOfStream;
    recorder.count('sse_events', index, fresh);
    if (this.#lastEventNs === 0) recorder.duration('sse_first_event', index, now - this.#sentNs);
    else recorder.duration('sse_gap', index, now - this.#lastEventNs);
    // what comes in one piece has no gap between
    for (let more = 1; more < fresh; more++) recorder.duration('sse_gap', index, 0);
    this.#lastEventNs = now;
    eventDeadlines.remove(this);
    eventDeadlines.add(this, now);
    if (plan.untilEvents !== null && events.events >= plan.untilEvents) this.#succeed();
  }

  ended(): void {
    if (!this.#streaming) return;
    if (this.#isOpen) this.#failEnded();
    else this.#fail('closed', 'the server closed the connection while it was opened');
  }

  closed(error: Error | null): void {
    if (!this.#streaming) return;
    if (error === null) this.ended();
    else this.#fail(classOfSocketError(error), error.message);
  }

  expire(): void {
    if (!this.#isOpen) {
      this.#context.attempted(this.step, null);
      this.#fail('connect_timeout', 'no connection in time');
      return;
    }
    this.#fail('timeout', `no event in time, after ${this.#events.events} events`);
  }

  // ---- ends

  #succeed(): void {
    const { recorder } = this.#phaseOfStream;
    this.#failures = 0;
    recorder.success(this.step.index, this.#dueNs, this.#sentNs, this.#context.loop.now());
    this.#end();
  }

  #failEnded(): void {
    this.#fail('closed', `the server ended the stream after ${this.#events.events} events`);
  }

  #fail(failure: ErrorClass, detail: string): void {
    const { recorder } = this.#phaseOfStream;
    this.#failures++;
    const sentNs = this.#isOpen ? this.#sentNs : null;
    const times = { dueNs: this.#dueNs, sentNs, endNs: this.#context.loop.now() };
    recorder.failed(this.step, { failure, detail }, times);
    this.#end();
  }

  #end(): void {
    const phase = this.#phaseOfStream;
    this.#streaming = false;
    this.#hangUp();
    phase.recorder.flows.ended++;
    this.#context.ended(phase.index);
    this.#again();
  }

  #hangUp(): void {
    const { connectDeadlines, eventDeadlines } = this.#context;
    // it is in one of them at a time
    if (this.#isOpen) eventDeadlines.remove(this);
    else connectDeadlines.remove(this);
    this.#until?.cancel();
    this.#isOpen = false;
    this.#wire?.destroy();
    this.#wire = null;
  }

  #again(): void {
    const { loop, finished, mayStart } = this.#context;
    if (this.#once) {
      finished(this);
      return;
    }
    const phase = this.#phase;
    const goesOn = !this.#quiesced && this.#flows < phase.maxFlowsPerUser;
    if (!goesOn || !mayStart(phase) || phase.recorder.flows.started >= phase.maxFlows) return;
    const restNs = this.#dueNs + phase.pacingNs - loop.now();
    // not at once: a server that ends every stream would be asked without end
    this.#rest = loop.after(Math.max(1, backoffNs(this.#failures), restNs), () => {
      if (!this.#quiesced && mayStart(this.#phase)) this.#start(loop.now());
    });
  }
}
