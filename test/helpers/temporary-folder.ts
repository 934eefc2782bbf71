import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const ofTheProcess: string[] = [];

/** A folder by its real path; it goes with the test that is given, else with the process. */
export function temporaryFolder(context?: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'perfkit-test-')));
  if (context !== undefined) context.after(() => remove(folder));
  else if (ofTheProcess.push(folder) === 1) process.once('exit', removeAll);
  return folder;
}

function removeAll(): void {
  for (const folder of ofTheProcess) {
    try {
      remove(folder);
    } catch {
      // a process that was killed may still have something that writes
    }
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
