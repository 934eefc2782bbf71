import { LinkedList } from '../internal/linked-list.ts';
import type { ListNode } from '../internal/linked-list.ts';
import type { BatchCounters } from './batch-counters.ts';
import type { Batch, BatchEntry } from './batch-entry.ts';
import type { BatchSizer } from './batch-sizer.ts';
import type { BatcherSettings } from './batcher-options.ts';
import { abortBatch, asError, checkResults, runBatch } from './run-batch.ts';
import type { Settlements } from './settlements.ts';

export interface DeliveriesOptions<T, R> {
  readonly settings: BatcherSettings<T, R>;
  readonly counters: BatchCounters;
  readonly sizer: BatchSizer;
  readonly settlements: Settlements<T, R>;
  /** What the handler gave for an entry that somebody waits for, when its batch no longer runs. */
  readonly onFailure: (entry: BatchEntry<T, R>, error: Error) => void;
  /** After the last entry of a batch. */
  readonly onEnd: () => void;
}

/** The batches that are with the handler. */
export class Deliveries<T, R> {
  readonly #options: DeliveriesOptions<T, R>;
  // Not a Set: what V8 leaves behind of one that grows and shrinks keeps every batch until the next major collection.
  readonly #running = new LinkedList<Batch<T, R>>();

  constructor(options: DeliveriesOptions<T, R>) {
    this.#options = options;
  }

  get length(): number {
    return this.#running.length;
  }

  /** Give the entries, at least one, to the handler. */
  start(entries: readonly BatchEntry<T, R>[]): void {
    const { counters, settings } = this.#options;
    const items: T[] = [];
    const batch: Batch<T, R> = { entries, items, controller: null, wanted: entries.length };
    const nowMs = settings.now();
    let { added } = entries[0]!;
    let before = 0;
    // hot path
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index]!;
      items.push(entry.item);
      if (entry.extra !== null) {
        entry.where = batch;
        entry.extra.attempts++;
      }
      if (entry.added === added) continue;
      counters.wait.record(nowMs - added.ms, index - before);
      before = index;
      added = entry.added;
    }
    counters.wait.record(nowMs - added.ms, entries.length - before);
    counters.batches++;
    counters.handedOver += entries.length;
    void this.#deliver(this.#running.push(batch), nowMs);
  }

  /** Nobody waits for any of them any more. `each` is given every entry before its batch is told. */
  abort(each: (entry: BatchEntry<T, R>) => void): void {
    for (let node = this.#running.first; node !== null; node = this.#running.after(node)) {
      for (const entry of node.value.entries) each(entry);
      node.value.wanted = 0;
      abortBatch(node.value);
    }
  }

  async #deliver(node: ListNode<Batch<T, R>>, startMs: number): Promise<void> {
    const { counters, settings, sizer, settlements, onFailure, onEnd } = this.#options;
    const { entries } = node.value;
    let results: readonly (R | Error)[] = [];
    let thrown: Error | null = null;
    try {
      results = checkResults(await runBatch(node.value, settings, counters), entries.length);
    } catch (error) {
      // A handler that throws at once must not fail its items while they, and others, are being handed over.
      await Promise.resolve();
      thrown = asError(error);
    }
    const handlerMs = settings.now() - startMs;
    counters.handler.record(handlerMs);
    if (thrown === null) sizer.observe(entries.length, handlerMs);
    this.#running.remove(node);
    // hot path
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index]!;
      if (entry.extra !== null) entry.where = null;
      const result = thrown ?? results[index]!;
      if (!(result instanceof Error)) settlements.succeed(entry, result);
      else if (entry.wanted) onFailure(entry, result);
    }
    onEnd();
  }
}
