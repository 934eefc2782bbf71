import { nowNs } from '../../measure/clock.ts';
import type { Clock } from '../../measure/clock.ts';
import type { ResourceSample } from '../../measure/resources.ts';

/** Stands between the slices of a round: when its turn is over, the round stands still until the next one. */
export interface TakenTurns {
  /** Undefined while the turn lasts; else until the next one: for so many ns. */
  readonly betweenSlices: () => Promise<number> | undefined;
  /** Forget for how long it stood still. */
  readonly reset: () => void;
  readonly stoodStill: () => StoodStill;
}

export interface StoodStill {
  readonly wallNs: number;
  readonly cpuNs: number;
}

/** What disturbs a core lasts longer, so it meets all who take turns; caches are warm again after a hundredth of it. */
const turnNs = 5e6;
const nothing: StoodStill = { wallNs: 0, cpuNs: 0 };

/** Turns of 5 ms; `pass` ends one and resolves when the next begins. */
export function takeTurns(pass: () => Promise<void>, now: Clock = nowNs): TakenTurns {
  let stoodStill = nothing;
  let sinceNs = now();
  const wait = async (): Promise<number> => {
    const startNs = now();
    const cpu = process.cpuUsage();
    await pass();
    const { user, system } = process.cpuUsage(cpu);
    sinceNs = now();
    const wallNs = sinceNs - startNs;
    stoodStill = { wallNs: stoodStill.wallNs + wallNs, cpuNs: stoodStill.cpuNs + (user + system) * 1e3 };
    return wallNs;
  };
  return {
    betweenSlices: () => (now() - sinceNs < turnNs ? undefined : wait()),
    reset: () => {
      stoodStill = nothing;
    },
    stoodStill: () => stoodStill,
  };
}

/** What the process used in its own turns, over the time of these. */
export function withoutStandingStill(sample: ResourceSample, { wallNs, cpuNs }: StoodStill): ResourceSample {
  return {
    ...sample,
    wallNs: Math.max(sample.wallNs - wallNs, 1),
    cpuNs: Math.max(sample.cpuNs - cpuNs, 0),
  };
}
