import { spawn } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const prefix = 'perfkit-patterns-of-';

/**
 * A folder that the rounds of one run share, each of which is a process of its own; null where it cannot be had. It goes
 * soon after the process that runs them, however that ends: a watcher removes it, and should that one be killed too, the
 * next run does.
 */
export function sharedFolder(): string | null {
  // A round that is measured in a process of its own was forked by the one that runs all.
  const owner = process.send === undefined ? process.pid : process.ppid;
  const path = join(tmpdir(), `${prefix}${owner}`);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch {
    return isOurs(path) ? path : null;
  }
  removeOrphans();
  const script = fileURLToPath(new URL(`./remove-folder-after${extname(import.meta.url)}`, import.meta.url));
  const watcher = spawn(process.execPath, [script, String(owner), path], { detached: true, stdio: 'ignore' });
  // Without it the folder stays until the next run.
  watcher.on('error', () => undefined);
  watcher.unref();
  return path;
}

/** Somebody else's folder of that name may hold anything. */
function isOurs(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && (process.getuid === undefined || found.uid === process.getuid());
}

function removeOrphans(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : 0;
    const path = join(tmpdir(), name);
    if (owner > 0 && !isRunning(owner) && isOurs(path)) rmSync(path, { recursive: true, force: true });
  }
}

/** Also one that may not be signalled. */
export function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
