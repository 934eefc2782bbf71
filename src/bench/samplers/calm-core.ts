import { nowNs } from '../../measure/clock.ts';
import type { Clock } from '../../measure/clock.ts';
import type { CoreProbe, CoreReadings } from '../../measure/core-probe.ts';
import { turn } from './turn.ts';

/** Stands between the slices of a round: where something else slows the core, it waits for the end of that. */
export interface CalmCore {
  /** Undefined where nothing has to be awaited; else until the core is calm again, or the patience is over: for so many ns. */
  readonly betweenSlices: () => Promise<number> | undefined;
  /** Forget what was waited, and the readings. */
  readonly reset: () => void;
  readonly waited: () => Waited;
  /** What was waited since it was made. */
  readonly inAllNs: () => number;
  /** Of the core between the slices; null without any. */
  readonly readings: () => CoreReadings | null;
}

export interface CalmCoreOptions {
  /** So long it waits in all. */
  readonly patienceNs: number;
  readonly signal: AbortSignal;
  readonly now?: Clock;
}

interface Waited {
  readonly wallNs: number;
  readonly cpuNs: number;
}

/** Readings to tell an interrupt from another tenant, and to tell that the core is calm again: 0.1 and 2 ms. */
const fewReadings = 10;
const manyReadings = 200;
/** So many of them have to be calm: the timer of the kernel interrupts one in a hundred. */
const calmShare = 0.85;
const nothing: Waited = { wallNs: 0, cpuNs: 0 };

export function createCalmCore(
  probe: CoreProbe,
  { patienceNs, signal, now = nowNs }: CalmCoreOptions,
): CalmCore {
  let waited = nothing;
  let patienceLeftNs = patienceNs;
  const isCalm = (readings: number): boolean => {
    let calm = 0;
    for (let reading = 0; reading < readings; reading++) if (probe.isCalm(probe.read())) calm++;
    return calm >= calmShare * readings;
  };
  const wait = async (): Promise<number> => {
    const startNs = now();
    const cpu = process.cpuUsage();
    const endNs = startNs + patienceLeftNs;
    do await turn();
    // the thread stays busy: an idle one could wake up on another core
    while (!isCalm(manyReadings) && now() < endNs && !signal.aborted);
    const { user, system } = process.cpuUsage(cpu);
    const wallNs = now() - startNs;
    patienceLeftNs -= wallNs;
    waited = { wallNs: waited.wallNs + wallNs, cpuNs: waited.cpuNs + (user + system) * 1e3 };
    return wallNs;
  };
  return {
    betweenSlices: () => (probe.sample() && patienceLeftNs > 0 && !isCalm(fewReadings) ? wait() : undefined),
    reset: () => {
      waited = nothing;
      probe.reset();
    },
    waited: () => waited,
    inAllNs: () => patienceNs - patienceLeftNs,
    readings: probe.readings,
  };
}
