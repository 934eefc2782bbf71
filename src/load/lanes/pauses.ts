import { keyOf } from '../../measure/keyed-random.ts';
import { drawThinkNs } from '../flows/draw-think.ts';
import { DueClock } from '../arrivals/due-clock.ts';
import type { Step } from '../flows/flows.ts';
import type { LaneContext } from './lane-context.ts';
import type { LanePhase } from './lane.ts';
import type { Seat } from './seat.ts';

/** Users who think between steps and rest between flows: one clock for all of them. */
export class Pauses {
  readonly #clock: DueClock;
  /** Of the random numbers for the time to think after each step. */
  readonly #keys: readonly number[];

  constructor({ plan, loop, flows }: Pick<LaneContext, 'plan' | 'loop' | 'flows'>) {
    this.#clock = new DueClock(loop, plan.limits.pacing);
    this.#keys = flows.steps.map(({ name }) => keyOf(plan.scenario.seed, `thinking after ${name}`));
  }

  /** The user thinks after `step`, which ended now; `next` is due when it has. False: it goes on at once. */
  think(seat: Seat, step: Step, next: Step, now: number): boolean {
    // hot path
    if (step.think === null) return false;
    seat.thinking = next;
    this.#clock.set(seat, now + this.#drawNs(seat, step));
    return true;
  }

  /** Closed phase: its flow ended with `step`; the next may start when the user has thought and has kept its pace. */
  rest(seat: Seat, step: Step, { pacingNs }: LanePhase, now: number): void {
    // hot path
    if (step.think !== null) seat.readyNs = now + this.#drawNs(seat, step);
    if (pacingNs > 0) seat.readyNs = Math.max(seat.readyNs, seat.flowStartNs + pacingNs);
  }

  /** True when the next flow may start; else the clock calls the seat when it may. */
  isRested(seat: Seat, now: number): boolean {
    // hot path
    if (seat.readyNs > now) {
      this.#clock.set(seat, seat.readyNs);
      return false;
    }
    if (seat.clockIndex >= 0) this.#clock.remove(seat);
    return true;
  }

  stop(): void {
    this.#clock.stop();
  }

  #drawNs(seat: Seat, { think, index }: Step): number {
    // hot path
    return think === null ? 0 : drawThinkNs(think, this.#keys[index] ?? 0, seat.user, seat.flows);
  }
}
