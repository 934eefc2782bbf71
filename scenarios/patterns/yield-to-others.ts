import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

const niceness = 10;

/**
 * Let the operating system prefer the other threads of the process to the one that calls this. On Linux, where priorities
 * are those of threads; elsewhere they are those of processes, and it does nothing.
 */
export function yieldToOthers(): void {
  if (process.platform !== 'linux') return;
  try {
    const thread = Number(/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self'))?.[1] ?? 0);
    // 0 would be the whole process.
    if (thread > 0) setPriority(thread, niceness);
  } catch {
    // Not allowed here, or no /proc: then it is as important as the others.
  }
}
