import { randomUUID } from 'node:crypto';
import { positiveInteger } from '../internal/option-checks.ts';
import type { SyncChange } from './change-log.ts';
import type { OfflineQueue, OfflineQueueOptions } from './offline-queue.ts';
import { OfflineQueueFullError } from './sync-errors.ts';

/** Changes in memory: those that are not settled are lost with the process. */
export function createMemoryOfflineQueue(options: OfflineQueueOptions = {}): OfflineQueue {
  const maxChanges = positiveInteger('maxChanges', options.maxChanges ?? 10_000);
  // A Map keeps the order in which keys were added.
  const changes = new Map<number, SyncChange>();
  const byRecord = new Map<string, SyncChange[]>();
  let sequences = 0;
  return {
    clientId: randomUUID(),
    get size() {
      return changes.size;
    },
    push(change) {
      if (changes.size >= maxChanges) throw new OfflineQueueFullError(maxChanges);
      const numbered = { ...change, sequence: ++sequences };
      changes.set(numbered.sequence, numbered);
      const others = byRecord.get(change.recordId);
      if (others === undefined) byRecord.set(change.recordId, [numbered]);
      else others.push(numbered);
      return numbered;
    },
    first(limit) {
      const most = positiveInteger('limit', limit);
      const found: SyncChange[] = [];
      for (const change of changes.values()) {
        if (found.length >= most) break;
        found.push(change);
      }
      return found;
    },
    of: (recordId) => [...(byRecord.get(recordId) ?? [])],
    settle(sequence) {
      for (const change of changes.values()) {
        if (change.sequence > sequence) break;
        changes.delete(change.sequence);
        const others = byRecord.get(change.recordId);
        others?.shift();
        if (others?.length === 0) byRecord.delete(change.recordId);
      }
    },
    close: () => undefined,
  };
}
