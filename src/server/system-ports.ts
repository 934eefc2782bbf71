import { monotonicMs, systemTimers } from '../components/internal/timers.ts';
import type { Ports } from './ports.ts';

/** The real clocks and timers. */
export function systemPorts(log: (line: string) => void): Ports {
  return { now: monotonicMs, timers: systemTimers, today: () => Date.now(), log };
}
