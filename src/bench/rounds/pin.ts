import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/**
 * Keep the main thread of a process on one core, always the same: the last that this process may use. Threads that it
 * has started already (collector, compiler, thread pool) stay free. Linux with `taskset` (util-linux); gives false where
 * that cannot be done on this machine, and the thread stays where the system puts it.
 */
export async function pinMainThread(pid: number): Promise<boolean> {
  const core = lastCore();
  if (core === null) return false;
  try {
    await promisify(execFile)('taskset', ['-pc', String(core), String(pid)], { timeout: 5_000 });
    return true;
  } catch {
    // a process that has just gone says nothing of the others
    return !existsSync(`/proc/${pid}`);
  }
}

/** From `Cpus_allowed_list:\t0-3,8` of proc_pid_status(5); null elsewhere. */
function lastCore(): number | null {
  if (process.platform !== 'linux') return null;
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    const last = /^Cpus_allowed_list:\s.*?(\d+)$/m.exec(status)?.[1];
    return last === undefined ? null : Number(last);
  } catch {
    return null;
  }
}
