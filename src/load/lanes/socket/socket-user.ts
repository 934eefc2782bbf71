import { backoffNs } from '../../connections/backoff.ts';
import { Conversation } from './conversation.ts';
import type { Timer } from '../../engine/event-loop.ts';
import type { StepFailure } from '../../flows/exchange.ts';
import type { LanePhase } from '../lane.ts';
import type { NewUser, StreamOwner, StreamUser } from '../stream-lane.ts';
import type { ConversationContext, ConversationOwner } from './conversation.ts';
import type { Due, DueClock } from '../../arrivals/due-clock.ts';
import type { SocketStep } from './socket-step.ts';
import type { SocketEvents, SocketWire } from './socket-wire.ts';

/** What all users of a lane share. */
export interface SocketUserContext extends ConversationContext, StreamOwner<SocketStep> {
  readonly clock: DueClock;
}

const state = { down: 0, connecting: 1, open: 2, closing: 3 } as const;

/**
 * One user with one WebSocket. A flow is its step from start to end; in a closed phase it begins again. Messages are due
 * at fixed times, whatever the replies do; those that fall due while there is no socket wait for it, and stay due when
 * they were.
 *
 *     down --open--> connecting --opened--> open --done--> closing --closed--> down
 *       ^------- (pause that grows) ----------+-----------------+   (failure)
 */
export class SocketUser implements StreamUser<SocketStep>, SocketEvents, ConversationOwner, Due {
  readonly step: SocketStep;
  dueNs = Infinity;
  clockIndex = -1;

  readonly #context: SocketUserContext;
  readonly #talk: Conversation;
  /** It goes when its flow ends: an arrival, or a user who is not wanted any more. */
  #once: boolean;
  /** Part of the period by which this user's messages come after those of the first: not all send at once. */
  readonly #offset: number;
  #phase: LanePhase;
  #wire: SocketWire | null = null;
  #state: (typeof state)[keyof typeof state] = state.down;
  #openingNs = 0;
  #failures = 0;
  #backoff: Timer | null = null;
  /** Ends the step after its time. */
  #until: Timer | null = null;
  #flows = 0;
  #startNs = 0;
  /** A flow is under way. */
  #inFlow = false;
  /** Its last message has been sent: it ends with the last reply. */
  #ending = false;

  constructor({ step, phase, offset, once }: NewUser<SocketStep>, context: SocketUserContext) {
    this.step = step;
    this.#phase = phase;
    this.#offset = offset;
    this.#once = once;
    this.#context = context;
    this.#talk = new Conversation(step, phase, this, context);
  }

  get isOpen(): boolean {
    return this.#state === state.open;
  }

  get isDown(): boolean {
    return this.#state === state.down && this.#backoff === null;
  }

  get inFlight(): number {
    return this.#talk.inFlight;
  }

  get waiting(): number {
    return this.#talk.waiting;
  }

  open(): void {
    this.#state = state.connecting;
    this.#openingNs = this.#context.loop.now();
    try {
      this.#wire = this.step.transport.open(this);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#context.loop.soon(() => this.closed({ failure: 'other', detail }));
    }
  }

  /** A phase begins, or the user joins it: its messages are due from `startNs` on. */
  begin(phase: LanePhase, startNs: number): void {
    this.#endFlow();
    this.#flows = 0;
    this.#phase = phase;
    this.#startFlow(startNs);
  }

  /** Nothing starts any more; a listener has listened long enough. */
  quiesce(): void {
    this.#stopSending();
    this.#talk.endListening(null);
    this.#settle();
  }

  /** This user is not wanted any more. */
  leave(): void {
    this.#once = true;
    if (this.#inFlow) {
      this.quiesce();
      return;
    }
    this.close(false);
    this.#context.finished(this);
  }

  /** End at once; what was under way is cut. */
  close(aborted: boolean): void {
    this.#stopSending();
    this.#backoff?.cancel();
    this.#state = state.down;
    this.#wire?.destroy();
    this.#wire = null;
    this.#talk.cut(aborted);
    this.#endFlow();
  }

  // ---- the flow

  #startFlow(startNs: number): void {
    const { plan } = this.step;
    const { loop, clock } = this.#context;
    this.#flows++;
    this.#inFlow = true;
    this.#ending = false;
    this.#startNs = startNs;
    this.#phase.recorder.flows.started++;
    this.#talk.begin(this.#phase);
    if (plan.untilNs !== null) {
      this.#until?.cancel();
      const leftNs = Math.max(0, startNs + plan.untilNs - loop.now());
      this.#until = loop.after(leftNs, () => this.quiesce());
    }
    if (plan.send === null) {
      if (this.isOpen) this.#talk.beginListening();
    } else if (plan.send.everyNs === null) {
      this.#next(startNs);
    } else {
      clock.set(this, startNs + this.#offset * plan.send.everyNs);
    }
    if (this.isDown) this.open();
  }

  fall(): void {
    // hot path
    const { dueNs } = this;
    this.dueNs = dueNs + (this.step.plan.send?.everyNs ?? Infinity);
    this.#next(dueNs);
  }

  /** A message is due, unless there are to be no more. */
  #next(dueNs: number): void {
    // hot path
    const { plan } = this.step;
    if (!this.#context.mayStart(this.#phase)) {
      this.dueNs = Infinity;
      return;
    }
    const talk = this.#talk;
    talk.due(dueNs, this.#state === state.open ? this.#wire : null);
    if (plan.untilMessages === null || talk.sent + talk.waiting < plan.untilMessages) return;
    this.dueNs = Infinity;
    this.#stopSending();
    this.#settle();
  }

  #stopSending(): void {
    this.#ending = true;
    this.#until?.cancel();
    this.#context.clock.remove(this);
  }

  /** The flow ends when nothing of it is under way. */
  #settle(): void {
    if (!this.#ending || !this.#inFlow || this.#talk.inFlight + this.#talk.waiting > 0) return;
    this.#endFlow();
    const { plan } = this.step;
    const goesOn = plan.untilMessages === null && plan.untilNs === null && !this.#once;
    // without an end of its own the step lasts as long as its phases, and so does the socket
    if (goesOn || this.#state !== state.open) {
      if (this.#once && this.#state === state.down) this.#context.finished(this);
      return;
    }
    this.#failures = 0;
    this.#state = state.closing;
    this.#wire?.close();
  }

  #endFlow(): void {
    if (!this.#inFlow) return;
    this.#inFlow = false;
    this.#phase.recorder.flows.ended++;
    this.#context.ended(this.#phase.index);
  }

  replied(nowNs: number): void {
    // hot path
    this.#failures = 0;
    if (this.#ending) this.#settle();
    else if (this.step.plan.send?.everyNs === null) this.#next(nowNs);
  }

  timedOut(nowNs: number): void {
    // where replies are told by their order, a late one would be taken for the next
    if (this.step.plan.match?.place === null) {
      this.#lose({ failure: 'closed', detail: 'given up after a time-out: replies are told by their order' });
    } else if (this.#ending) this.#settle();
    else if (this.step.plan.send?.everyNs === null) this.#next(nowNs);
  }

  heard(): void {
    const { send, untilMessages } = this.step.plan;
    if (send === null && untilMessages !== null && this.#talk.received >= untilMessages) this.quiesce();
  }

  // ---- the socket

  opened(): void {
    this.#state = state.open;
    this.#context.attempted(this.step, this.#context.loop.now() - this.#openingNs);
    if (this.step.plan.send === null) {
      if (this.#inFlow && !this.#ending) this.#talk.beginListening();
      return;
    }
    if (this.#wire !== null) this.#talk.sendWaiting(this.#wire);
    this.#settle();
  }

  received(message: Uint8Array, isBinary: boolean): void {
    // hot path
    this.#talk.hear(message, isBinary);
    if (this.#talk.waiting > 0 && this.#wire !== null) this.#talk.sendWaiting(this.#wire);
  }

  closed(failure: StepFailure | null): void {
    if (this.#state === state.down) return;
    if (this.#state === state.connecting) this.#context.attempted(this.step, null);
    if (this.#state === state.closing) {
      this.#state = state.down;
      this.#wire = null;
      this.#again();
      return;
    }
    this.#lose(failure ?? { failure: 'closed', detail: 'the server closed the socket' });
  }

  /** The socket is gone: whoever waits for a reply, or for a socket that cannot be had, has failed. */
  #lose(failure: StepFailure): void {
    const opening = this.#state === state.connecting;
    this.#state = state.down;
    this.#wire?.destroy();
    this.#wire = null;
    this.#failures++;
    this.#talk.failPending(failure);
    if ((opening || this.#once) && this.#inFlow) this.#talk.failWaiting(failure);
    if (this.#once) {
      this.#stopSending();
      this.#endFlow();
    } else this.#settle();
    this.#again();
  }

  /** Connect again, after a pause that grows with failures, if this user goes on. */
  #again(): void {
    const { loop, finished, mayStart } = this.#context;
    const phase = this.#phase;
    if (this.#once) {
      finished(this);
      return;
    }
    const goesOn = this.#inFlow
      ? !this.#ending || this.#talk.waiting > 0
      : this.#flows < phase.maxFlowsPerUser;
    if (!goesOn || !mayStart(phase)) return;
    const restNs = this.#inFlow ? 0 : this.#startNs + phase.pacingNs - loop.now();
    this.#backoff = loop.after(Math.max(backoffNs(this.#failures), restNs), () => this.#goOn());
  }

  #goOn(): void {
    this.#backoff = null;
    if (!this.#inFlow) {
      if (this.#context.mayStart(this.#phase)) this.#startFlow(this.#context.loop.now());
      return;
    }
    this.open();
    if (this.step.plan.send?.everyNs === null && this.#talk.waiting === 0)
      this.#next(this.#context.loop.now());
  }
}
