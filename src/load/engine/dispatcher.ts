import { ArrivalQueue } from '../arrivals/arrival-queue.ts';
import { place } from '../connections/connection.ts';
import { classOfStatus } from '../record/error-class.ts';
import { FreeList } from '../connections/free-list.ts';
import type { Arrival } from '../arrivals/arrival-queue.ts';
import type { Connection, ConnectionOwner } from '../connections/connection.ts';
import type { ErrorClass } from '../record/error-class.ts';
import type { EventLoop, Timer } from './event-loop.ts';
import type { Flows, Step } from './flows.ts';
import type { Recorder } from '../record/recorder.ts';

/** A phase as the dispatcher sees it. */
export interface ActivePhase {
  readonly index: number;
  readonly model: 'open' | 'closed';
  /** Infinity for no limit. */
  readonly maxRequests: number;
  readonly recorder: Recorder;
}

export interface DispatcherOptions {
  readonly loop: EventLoop;
  readonly flows: Flows;
  readonly maxWaiting: number;
  readonly createConnection: (id: number, owner: ConnectionOwner) => Connection;
  /** An operation of the phase has ended; called for each, so it must be quick. */
  readonly ended: (phase: number) => void;
  /** A connection opened, or could not be (also without an operation). */
  readonly connected: (tookNs: number | null) => void;
}

/**
 * Puts operations on connections and sees them through: the users of a closed model, the arrivals of an open one,
 * the steps of a flow, one after the other on one connection. It decides when an operation is due only where that
 * depends on a reply; arrivals come from outside with their due time, which stays theirs however long they wait.
 *
 * Free connections are used in turn (first in, first out): each gets its share of the traffic, so none idles into
 * the server's keep-alive time-out, and a server that spreads connections over workers sees all of its workers used.
 */
export class Dispatcher implements ConnectionOwner {
  readonly #options: DispatcherOptions;
  readonly #loop: EventLoop;
  readonly #flows: Flows;
  readonly #waiting: ArrivalQueue;
  readonly #phases: ActivePhase[] = [];
  readonly #connections: Connection[] = [];
  readonly #free = new FreeList();
  readonly #backoffs = new Map<Connection, Timer>();
  readonly #arrival: Arrival = { dueNs: 0, flow: 0, phase: 0 };
  #wanted = 0;
  #phase: ActivePhase | null = null;
  #accepting = false;
  #closed = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#loop = options.loop;
    this.#flows = options.flows;
    this.#waiting = new ArrivalQueue(options.maxWaiting);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get busy(): number {
    return this.#connections.reduce((sum, connection) => sum + (connection.step === null ? 0 : 1), 0);
  }

  get open(): number {
    return this.#connections.reduce(
      (sum, { place: at }) => sum + (at === place.idle || at === place.busy ? 1 : 0),
      0,
    );
  }

  /** Have so many connections; returns those that are new. Surplus ones close when they are free. */
  resize(wanted: number): readonly Connection[] {
    this.#wanted = wanted;
    const before = this.#connections.length;
    for (let id = before; id < wanted; id++) this.#connections.push(this.#options.createConnection(id, this));
    for (const connection of this.#connections.slice(wanted)) {
      if (connection.step === null) this.#retire(connection);
    }
    return this.#connections
      .slice(0, wanted)
      .filter((connection) => connection.place === place.down && !connection.backingOff);
  }

  /** Start a phase. Operations of the one before go on and count as its own. */
  begin(phase: ActivePhase): void {
    this.#phases[phase.index] = phase;
    this.#phase = phase;
    this.#accepting = true;
    this.#free.clear();
    for (const connection of this.#connections.slice(0, this.#wanted)) {
      if (connection.step === null && !connection.backingOff && connection.place !== place.connecting)
        this.#ready(connection);
    }
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
    const connection = this.#waiting.length === 0 ? this.#takeFree() : null;
    if (connection !== null) {
      this.#start(connection, step, dueNs, phase.index);
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
    const now = this.#loop.now();
    for (const connection of this.#connections) {
      const { step, phase, dueNs, sentNs } = connection;
      const sent = connection.place === place.busy;
      this.#retire(connection);
      if (step === null) continue;
      connection.step = null;
      this.#recorder(phase)?.cut(step, dueNs, sent ? sentNs : null, now, aborted);
    }
    while (this.#waiting.shift(this.#arrival)) {
      const step = this.#flows.firsts[this.#arrival.flow];
      if (step !== undefined)
        this.#recorder(this.#arrival.phase)?.cut(step, this.#arrival.dueNs, null, now, aborted);
    }
  }

  // ---- connections

  opened(connection: Connection, tookNs: number): void {
    this.#options.connected(tookNs);
    const { step } = connection;
    if (step === null) this.#ready(connection);
    else connection.send(step);
  }

  openFailed(connection: Connection, failure: ErrorClass, detail: string): void {
    this.#options.connected(null);
    if (connection.step !== null) {
      this.#failOperation(connection, failure, detail, false);
    } else if (this.#waiting.shift(this.#arrival)) {
      // the arrival that has waited longest is the one that this connection would have served
      const step = this.#flows.firsts[this.#arrival.flow];
      if (step !== undefined) this.#assign(connection, step, this.#arrival.dueNs, this.#arrival.phase);
      this.#failOperation(connection, failure, detail, false);
    }
    this.#recover(connection);
  }

  replied(connection: Connection): void {
    // hot path
    const { step, phase } = connection;
    if (step === null) return;
    const now = this.#loop.now();
    const { status } = connection.parser;
    const recorder = this.#recorder(phase);
    connection.step = null;
    if (step.accepts[status] === 1) {
      recorder?.success(step.index, connection.dueNs, connection.sentNs, now);
      this.#options.ended(phase);
      if (step.next !== null && this.#continue(connection, step.next, now)) return;
    } else {
      recorder?.failure(step.index, classOfStatus(status), step.label, `status ${status}`);
      this.#options.ended(phase);
    }
    this.#ready(connection, now);
  }

  failed(connection: Connection, failure: ErrorClass, detail: string): void {
    this.#failOperation(connection, failure, detail, true);
    this.#recover(connection);
  }

  lost(connection: Connection): void {
    this.#recover(connection);
  }

  // ---- operations

  /** The connection has no operation and may take one; `now` is when it became ready. */
  #ready(connection: Connection, now = this.#loop.now()): void {
    // hot path
    if (this.#closed || connection.id >= this.#wanted) {
      this.#retire(connection);
      return;
    }
    if (this.#waiting.shift(this.#arrival)) {
      const { dueNs, flow, phase } = this.#arrival;
      const step = this.#flows.firsts[flow];
      if (step !== undefined) this.#start(connection, step, dueNs, phase);
      return;
    }
    const phase = this.#phase;
    if (phase !== null && phase.model === 'closed') {
      if (!this.#mayStart(phase)) return;
      const step = this.#flows.firsts[this.#flows.choose()];
      if (step === undefined) return;
      phase.recorder.arrived(step.index);
      this.#start(connection, step, now, phase.index);
    } else if (connection.place === place.idle) {
      this.#free.push(connection);
    } else if (connection.place === place.down) {
      connection.open();
    }
  }

  #mayStart(phase: ActivePhase): boolean {
    return this.#accepting && phase.recorder.totals.arrivals < phase.maxRequests;
  }

  /**
   * The next step of a flow is due now, in the phase in which the flow started: one that is under way is finished,
   * also after the end of its phase. False when no more may start.
   */
  #continue(connection: Connection, step: Step, now: number): boolean {
    const phase = this.#phases[connection.phase];
    if (this.#closed || phase === undefined || phase === null) return false;
    if (phase.recorder.totals.arrivals >= phase.maxRequests) return false;
    phase.recorder.arrived(step.index);
    this.#start(connection, step, now, phase.index);
    return true;
  }

  #start(connection: Connection, step: Step, dueNs: number, phase: number): void {
    // hot path
    this.#assign(connection, step, dueNs, phase);
    if (connection.place === place.idle) connection.send(step);
    else if (connection.place === place.down) connection.open();
  }

  #assign(connection: Connection, step: Step, dueNs: number, phase: number): void {
    connection.step = step;
    connection.dueNs = dueNs;
    connection.phase = phase;
  }

  #failOperation(connection: Connection, failure: ErrorClass, detail: string, sent: boolean): void {
    const { step, phase, dueNs, sentNs } = connection;
    if (step === null) return;
    connection.step = null;
    const recorder = this.#recorder(phase);
    if (failure === 'timeout' || failure === 'connect_timeout') {
      recorder?.censored(step.index, dueNs, sent ? sentNs : null, this.#loop.now());
    }
    recorder?.failure(step.index, failure, step.label, detail);
    this.#options.ended(phase);
  }

  /** A connection that is down goes on at once after a good reply, else after a pause that grows. */
  #recover(connection: Connection): void {
    if (this.#closed || connection.backingOff) return;
    connection.backingOff = true;
    const timer = this.#loop.after(connection.backoffNs(), () => {
      this.#backoffs.delete(connection);
      connection.backingOff = false;
      if (connection.step === null && connection.place === place.down) this.#ready(connection);
    });
    this.#backoffs.set(connection, timer);
  }

  #takeFree(): Connection | null {
    // hot path: connections that went down or were closed since are passed over
    for (let free = this.#free.shift(); free !== null; free = this.#free.shift()) {
      if (free.place === place.idle && free.step === null) return free;
    }
    return null;
  }

  #retire(connection: Connection): void {
    this.#backoffs.get(connection)?.cancel();
    this.#backoffs.delete(connection);
    connection.backingOff = false;
    connection.close();
  }

  #recorder(phase: number): Recorder | null {
    return this.#phases[phase]?.recorder ?? null;
  }
}
