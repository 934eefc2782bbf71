import { expected, positiveInteger, wholeNumber } from '../internal/option-checks.ts';
import type { SyncChange } from './change-log.ts';

/** Longest id of a record or client, in UTF-16 units. */
export const longestId = 256;
/** Most changes that a client may send at once. */
export const mostChanges = 1_000;

/** What `ChangeLog.append` is given: ids, and sequences that follow each other. Throws TypeError or RangeError. */
export function checkedAppend(clientId: unknown, changes: readonly SyncChange[]): void {
  checkId('clientId', clientId);
  let before: number | null = null;
  for (const [index, { sequence, recordId, json, baseVersion }] of changes.entries()) {
    const where = `changes[${index}]`;
    positiveInteger(`${where}.sequence`, sequence);
    if (before !== null && sequence !== before + 1) {
      throw new RangeError(expected(`${where}.sequence`, `${before + 1}, the next`, sequence));
    }
    before = sequence;
    checkId(`${where}.recordId`, recordId);
    if (json !== null && typeof json !== 'string') {
      throw new TypeError(expected(`${where}.json`, 'JSON text or null', json));
    }
    if (baseVersion !== null) wholeNumber(`${where}.baseVersion`, baseVersion);
  }
}

/** What `ChangeLog.since` is given. */
export function checkedChanges(
  version: unknown,
  limit: unknown,
): { readonly from: number; readonly most: number } {
  return { from: wholeNumber('version', version), most: positiveInteger('limit', limit) };
}

/** Throws unless it is a string of 1 to 256 characters without a lone surrogate, which UTF-8 cannot carry. */
export function checkId(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(expected(name, 'a string', value));
  if (value.length === 0 || value.length > longestId || !value.isWellFormed() || value.includes('\0')) {
    throw new RangeError(expected(name, `1 to ${longestId} characters of Unicode, no NUL`, value));
  }
  return value;
}
