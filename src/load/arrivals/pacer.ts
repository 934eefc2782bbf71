import { Histogram } from '../../measure/histogram.ts';
import type { Arrivals } from './arrivals.ts';
import type { EventLoop, Timer } from '../engine/event-loop.ts';

/** Below this distance to the next start a precise pacer turns the event loop instead of sleeping. */
const spinNs = 2e6;
/** A thread that sleeps takes 100 us and more to wake: so long after a start the reply is waited for awake. */
const awakeNs = 20e6;
/** A timer may be late by its grain of a millisecond and some; the rest is spun. */
const timerSlackNs = 1.5e6;
/** After a stall so many starts are made in a row before replies are read again. */
const maxStartsPerTurn = 64;

export interface PacedPhase {
  readonly arrivals: Arrivals;
  readonly startNs: number;
  readonly endNs: number;
  /** Arrival `n` was due at `dueNs`; false to stop. */
  readonly arrive: (dueNs: number, n: number) => boolean;
  /** The last one has been handed over. */
  readonly done: () => void;
}

/**
 * Hands arrivals over as they fall due. What is late (after a pause of this thread) is handed over at once, with its
 * own due time. Sockets get their turn between any two turns of the pacer.
 */
export class Pacer {
  /** From due to handed over: the generator's own lateness, whatever the server does. */
  readonly lag = new Histogram({ wide: true });

  readonly #loop: EventLoop;
  readonly #spins: boolean;
  /** When the latest arrival was handed over. */
  #startedNs = -Infinity;
  readonly #quiet: () => boolean;
  readonly #turn: () => void;
  #phase: PacedPhase | null = null;
  #timer: Timer | null = null;
  #n = 0;
  #nextDueNs = 0;

  /** `quiet` tells that no reply and no connection is outstanding. */
  constructor(loop: EventLoop, pacing: 'precise' | 'eco', quiet: () => boolean) {
    this.#loop = loop;
    this.#quiet = quiet;
    this.#spins = pacing === 'precise';
    this.#turn = () => this.#run();
  }

  /** Arrivals of the phase that have been handed over and taken. */
  get started(): number {
    return this.#n;
  }

  start(phase: PacedPhase): void {
    this.#phase = phase;
    this.#n = 0;
    this.#nextDueNs = phase.startNs + phase.arrivals(0);
    this.lag.reset();
    this.#run();
  }

  stop(): void {
    this.#phase = null;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #run(): void {
    // hot path
    const phase = this.#phase;
    if (phase === null) return;
    let now = this.#loop.now();
    for (let starts = 0; starts < maxStartsPerTurn && this.#nextDueNs < phase.endNs; starts++) {
      if (this.#nextDueNs > now) now = this.#watch(now);
      if (this.#nextDueNs > now) break;
      const due = this.#nextDueNs;
      const n = this.#n++;
      this.#startedNs = now;
      this.#nextDueNs = phase.startNs + phase.arrivals(this.#n);
      this.lag.record(now - due);
      if (!phase.arrive(due, n)) {
        this.#n = n;
        this.#finish(phase);
        return;
      }
      now = this.#loop.now();
    }
    if (this.#nextDueNs >= phase.endNs) this.#finish(phase);
    else this.#wait(this.#nextDueNs - now, now);
  }

  /**
   * While no socket is waited for, watch the clock for a moment instead of turning the event loop: a turn allocates
   * some 200 bytes, and a million turns a second keep the collector busy for 1 % of the time, which shows in p99.
   */
  #watch(nowNs: number): number {
    // hot path
    if (!this.#spins || this.#nextDueNs - nowNs > spinNs || !this.#quiet()) return nowNs;
    return this.#loop.watch(this.#nextDueNs);
  }

  #wait(waitNs: number, nowNs: number): void {
    // hot path
    const near = waitNs < spinNs || (nowNs - this.#startedNs < awakeNs && !this.#quiet());
    if (waitNs <= 0 || (this.#spins && near)) this.#loop.soon(this.#turn);
    else this.#timer = this.#loop.after(this.#spins ? waitNs - timerSlackNs : waitNs, this.#turn);
  }

  #finish(phase: PacedPhase): void {
    this.#phase = null;
    phase.done();
  }
}
