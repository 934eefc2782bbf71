import { readFileSync } from 'node:fs';

/** Text of a file, or null when it cannot be read. */
export type ReadText = (path: string) => string | null;

/**
 * Cores that the control group of this process (and of its parents) may use, from Linux cgroup v2 `cpu.max` or v1
 * `cpu.cfs_quota_us` / `cpu.cfs_period_us`; null where nothing limits it. The tightest limit on the way up counts.
 */
export function readCpuQuota(read: ReadText = readTextFile): number | null {
  const groups = read('/proc/self/cgroup');
  if (groups === null) return null;
  let tightest: number | null = null;
  for (const line of groups.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    const v2 = controllers === '';
    if (!v2 && !controllers.split(',').includes('cpu')) continue;
    for (const folder of foldersUp(v2 ? '/sys/fs/cgroup' : `/sys/fs/cgroup/${controllers}`, path)) {
      const quota = v2 ? quotaV2(read, folder) : quotaV1(read, folder);
      if (quota !== null && (tightest === null || quota < tightest)) tightest = quota;
    }
  }
  return tightest;
}

/** The group's own folder, its parents', and the mount itself (all that a container sees of its own group). */
function foldersUp(mount: string, path: string): string[] {
  const folders = [mount];
  let folder = mount;
  for (const part of path.split('/')) {
    if (part === '' || part === '..') continue;
    folder = `${folder}/${part}`;
    folders.push(folder);
  }
  return folders;
}

function quotaV2(read: ReadText, folder: string): number | null {
  const [quota, period] = (read(`${folder}/cpu.max`) ?? '').trim().split(/\s+/);
  return toCores(Number(quota), Number(period));
}

function quotaV1(read: ReadText, folder: string): number | null {
  return toCores(
    Number(read(`${folder}/cpu.cfs_quota_us`) ?? NaN),
    Number(read(`${folder}/cpu.cfs_period_us`) ?? NaN),
  );
}

/** "max" (v2) and -1 (v1) mean no limit. */
function toCores(quotaUs: number, periodUs: number): number | null {
  return quotaUs > 0 && periodUs > 0 ? quotaUs / periodUs : null;
}

function readTextFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
