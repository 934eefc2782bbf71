import type { Channel } from '../connections/channel.ts';
import type { Flows, Step } from '../flows/flows.ts';
import type { Due } from '../arrivals/due-clock.ts';

/**
 * The user on a channel: the same one for a whole closed phase, a new one with each arrival of an open phase. It waits
 * in the lane's clock while it thinks, and until its next flow may start.
 *
 *     flow starts ── step ── think ── step ── flow ends ── rest (think, pacing) ── flow starts ...
 */
export class Seat implements Due {
  readonly channel: Channel;
  /** Number of the user in the phase, over all threads. */
  user = 0;
  /** Flows that the user has started in the phase. */
  flows = 0;
  /** Position of the phase among the plan's phases; -1 for none. */
  phase = -1;
  inFlow = false;
  flowStartNs = 0;
  /** The step that is due when it has thought; null while it does not think. */
  thinking: Step | null = null;
  /** Closed phase: its next flow is not due before. */
  readyNs = 0;
  dueNs = Infinity;
  clockIndex = -1;
  readonly #fallen: (seat: Seat, dueNs: number) => void;

  /** `fallen` is told when the time comes that the seat waits for in the clock. */
  constructor(channel: Channel, fallen: (seat: Seat, dueNs: number) => void) {
    this.channel = channel;
    this.#fallen = fallen;
  }

  /** Flows that user number `user` has started in the phase. */
  flowsOf(user: number, phase: number): number {
    return this.user === user && this.phase === phase ? this.flows : 0;
  }

  /** The user begins a flow (position among the plan's flows), in a session of its own. */
  beginFlow(all: Flows, flow: number, user: number, phase: number): void {
    // hot path
    this.flows = this.flowsOf(user, phase) + 1;
    this.user = user;
    this.phase = phase;
    this.inFlow = true;
    this.readyNs = 0;
    this.channel.session = all.startSession(flow, this, this.channel.session);
  }

  endFlow(): void {
    this.inFlow = false;
    this.thinking = null;
  }

  fall(): void {
    // hot path
    const { dueNs } = this;
    this.dueNs = Infinity;
    this.#fallen(this, dueNs);
  }
}
