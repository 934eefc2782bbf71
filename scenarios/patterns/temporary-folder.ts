import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder on the disk of the operating system's temporary files; `remove` takes it away with all that is in it. */
export function createTemporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'perfkit-patterns-'));
  const remove = (): void => {
    process.removeListener('exit', remove);
    rmSync(path, { recursive: true, force: true });
  };
  // Also where the run is cut short.
  process.once('exit', remove);
  return { path, remove };
}
