import { availableParallelism } from 'node:os';
import { readCpuQuota } from './cpu-quota.ts';

/** Cores that this process may use: affinity and the control group's quota counted; at least 1. */
export function usableCores(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(readCpuQuota() ?? Infinity)));
}
