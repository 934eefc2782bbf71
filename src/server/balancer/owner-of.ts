import type { Backend } from './backend.ts';

/** The one backend that knows of what a path names: the status of a job is in the instance that took it. null: any. */
export function ownerOf(path: string, backends: readonly Backend[]): Backend | null {
  const [, id] = /^\/jobs\/job-(\d{1,3})-/.exec(path) ?? [];
  if (id === undefined) return null;
  return backends.find((one) => one.id === Number(id) && one.isUp) ?? null;
}
