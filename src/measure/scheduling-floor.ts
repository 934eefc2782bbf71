import { setTimeout as sleep } from 'node:timers/promises';
import { nowNs } from './clock.ts';
import { Histogram } from './histogram.ts';

/** How late a start comes on this machine when nothing else is done: no schedule can be kept better. */
export interface SchedulingFloor {
  readonly samples: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
}

const periodNs = 1e6;
/** Spin when the next start is nearer than this; a timer may fire that late. */
const spinBelowNs = 2e6;

/** Due times a millisecond apart for `forNs`, met by spinning on the event loop, as the load engine does. */
export async function spinningFloor(forNs: number): Promise<SchedulingFloor> {
  return measure(forNs, async (dueNs) => {
    while (nowNs() < dueNs) {
      if (dueNs - nowNs() > spinBelowNs) await sleep(1);
      else await new Promise<void>((resolve) => setImmediate(resolve));
    }
  });
}

/** The same due times, met by timers alone. */
export async function timerFloor(forNs: number): Promise<SchedulingFloor> {
  return measure(forNs, async (dueNs) => {
    while (nowNs() < dueNs) await sleep(Math.max(1, (dueNs - nowNs()) / 1e6));
  });
}

async function measure(forNs: number, waitUntil: (dueNs: number) => Promise<void>): Promise<SchedulingFloor> {
  const lag = new Histogram();
  const startNs = nowNs();
  for (let dueNs = startNs + periodNs; dueNs < startNs + forNs; dueNs += periodNs) {
    await waitUntil(dueNs);
    lag.record(nowNs() - dueNs);
  }
  const floor = { samples: lag.count, p50Ns: lag.valueAt(50), p99Ns: lag.valueAt(99) };
  lag.destroy();
  return floor;
}
