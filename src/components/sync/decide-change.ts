import type { SyncChange } from './change-log.ts';

/** Whether a change of a client's may be made to the record as it stands: the conflict rule of ChangeLog.append. */
export function mayApply(
  { baseVersion }: SyncChange,
  clientId: string,
  current: { readonly version: number; readonly origin: string } | undefined,
): boolean {
  if (baseVersion === null || current === undefined) return true;
  return current.version <= baseVersion || current.origin === clientId;
}
