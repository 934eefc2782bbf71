import type { ListNode } from '../internal/linked-list.ts';
import type { BorrowTrace } from './leak-watch.ts';

export type ItemState = 'idle' | 'checking' | 'borrowed';

/** A resource and what its pool knows of it. */
export class PooledItem<T> {
  readonly resource: T;
  /** When its lifetime ends; Infinity for ever. */
  readonly expiresMs: number;
  state: ItemState = 'idle';
  /** Times it was lent; tells one borrowing from the next. */
  uses = 0;
  /** When it was last given back, or created. */
  idleSinceMs: number;
  /** When it was last known to work. */
  checkedMs: number;
  borrowedMs = 0;
  trace: BorrowTrace | null = null;
  /** Its place among the idle, now or the last time. */
  node: ListNode<PooledItem<T>> | null = null;
  /** Its place among those watched for leaks. */
  watched: ListNode<PooledItem<T>> | null = null;

  constructor(resource: T, nowMs: number, expiresMs: number) {
    this.resource = resource;
    this.expiresMs = expiresMs;
    this.idleSinceMs = nowMs;
    this.checkedMs = nowMs;
  }
}
