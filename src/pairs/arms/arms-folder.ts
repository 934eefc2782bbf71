import { mkdtemp, readFile, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const prefix = 'perfkit-arms-';
const ownerFile = 'owner.json';

/** A folder for versions that are compared. */
export interface ArmsFolder {
  readonly path: string;
  /** Remove it with all that is in it; may be called twice. */
  readonly remove: () => Promise<void>;
}

/** Make a folder that is removed at the end, also when the process exits in the middle of something. */
export async function makeArmsFolder(): Promise<ArmsFolder> {
  const path = await mkdtemp(join(await realpath(tmpdir()), prefix));
  const atExit = (): void => rmSync(path, { recursive: true, force: true });
  process.on('exit', atExit);
  await writeFile(join(path, ownerFile), JSON.stringify({ pid: process.pid }));
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
      process.off('exit', atExit);
    },
  };
}

/** The folder of versions that a path lies in, there or not; null for any other path. */
export async function armsFolderOf(path: string): Promise<string | null> {
  const folder = dirname(path);
  const isOurs = basename(folder).startsWith(prefix) && dirname(folder) === (await realpath(tmpdir()));
  return isOurs ? folder : null;
}

/** Folders of runs that were killed before they could remove them: ours, and their process is gone. */
export async function abandonedFolders(): Promise<string[]> {
  const home = await realpath(tmpdir());
  const names = (await readdir(home).catch(() => [])).filter((name) => name.startsWith(prefix));
  const found: string[] = [];
  for (const name of names) {
    const path = join(home, name);
    if (await isAbandoned(path)) found.push(path);
  }
  return found;
}

async function isAbandoned(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => null);
  if (info === null || !info.isDirectory()) return false;
  const user = process.getuid?.();
  if (user !== undefined && info.uid !== user) return false;
  const text = await readFile(join(path, ownerFile), 'utf8').catch(() => '');
  const pid = Number(/^\{"pid":(\d{1,10})\}$/.exec(text)?.[1]);
  return Number.isInteger(pid) && pid > 0 && !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
