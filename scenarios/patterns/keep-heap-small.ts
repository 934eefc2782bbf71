import { setFlagsFromString } from 'node:v8';

/**
 * From now on V8 prefers a small heap to few collections, in all of the process, as with `node --optimize-for-size`. Left
 * to itself it lets the young generation grow to 100 MB for the garbage of a loop that never pauses.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString('--semi-space-growth-factor=1');
}
