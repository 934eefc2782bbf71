import { laneOf } from '../lanes/index.ts';
import type { FlowKind, LoadPlan, PhasePlan } from '../../model/plan.ts';
import type { Traffic } from '../connections/connection-context.ts';
import type { LaneContext } from '../lanes/lane-context.ts';
import type { Lane } from '../lanes/lane.ts';
import type { PhaseRun } from './phase-run.ts';

/** A lane that the engine has made, and the bytes that it has moved. */
export interface LaneSlot {
  readonly lane: Lane;
  readonly traffic: Traffic;
  readonly levels: Lane['levels'];
  /** The phase that it carries out, or did last. */
  run: PhaseRun | null;
}

/**
 * The lanes of a run: phases in series share the lane of their kind of flows and so its connections; one that runs
 * beside others has a lane of its own.
 */
export class EngineLanes {
  readonly #context: Omit<LaneContext, 'traffic' | 'connected'>;
  readonly #slots: LaneSlot[] = [];
  /** Of phases in series. */
  readonly #shared = new Map<FlowKind, LaneSlot>();

  constructor(context: Omit<LaneContext, 'traffic' | 'connected'>) {
    this.#context = context;
  }

  slotOf(phase: PhasePlan): LaneSlot {
    const kind = kindOf(this.#context.plan, phase);
    const shared = phase.with === null ? this.#shared.get(kind) : undefined;
    if (shared !== undefined) return shared;
    const traffic: Traffic = { bytesIn: 0, bytesOut: 0 };
    const lane = laneOf(kind)({
      ...this.#context,
      traffic,
      connected: (tookNs, tlsNs) => slot.run?.recorder.connected(tookNs, tlsNs),
    });
    const slot: LaneSlot = { lane, traffic, levels: () => lane.levels(), run: null };
    this.#slots.push(slot);
    if (phase.with === null) this.#shared.set(kind, slot);
    return slot;
  }

  quiet(): boolean {
    // hot path
    for (const { lane } of this.#slots) if (!lane.quiet()) return false;
    return true;
  }

  close(aborted: boolean): void {
    for (const { lane } of this.#slots) lane.close(aborted);
  }
}

/** A phase has flows of one kind. */
function kindOf({ flows }: LoadPlan, phase: PhasePlan): FlowKind {
  return flows.find(({ name }) => phase.flows.includes(name))?.kind ?? 'requests';
}
