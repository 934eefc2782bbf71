import { LinkedList } from '../internal/linked-list.ts';
import type { ListNode } from '../internal/linked-list.ts';
import type { BatchCounters } from './batch-counters.ts';
import type { Batch, BatchEntry } from './batch-entry.ts';
import type { BatchSizer } from './batch-sizer.ts';
import type { BatcherSettings } from './batcher-options.ts';
import { abortBatch, asError, runBatch } from './run-batch.ts';

export interface DeliveriesOptions<T, R> {
  readonly settings: BatcherSettings<T, R>;
  readonly counters: BatchCounters;
  readonly sizer: BatchSizer;
  /** What the handler gave for an entry, when its batch no longer runs. */
  readonly onResult: (entry: BatchEntry<T, R>, result: R | Error) => void;
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

  /** Give the entries to the handler. */
  start(entries: readonly BatchEntry<T, R>[]): void {
    const { counters, settings } = this.#options;
    const items = entries.map((entry) => entry.item);
    const batch: Batch<T, R> = { entries, items, controller: null, wanted: entries.length };
    const nowMs = settings.now();
    let ofTick = 0;
    // hot path
    for (let index = 0; index < entries.length; index++) {
      const { added, extra } = entries[index]!;
      if (extra !== null) {
        entries[index]!.where = batch;
        extra.attempts++;
      }
      ofTick++;
      if (added === entries[index + 1]?.added) continue;
      counters.wait.record(nowMs - added.ms, ofTick);
      ofTick = 0;
    }
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
    const { counters, settings, sizer, onResult, onEnd } = this.#options;
    const { entries } = node.value;
    let results: readonly (R | Error)[] = [];
    let thrown: Error | null = null;
    try {
      results = await runBatch(node.value, settings, ({ bytes, originalBytes }) => {
        counters.payloadBytes += originalBytes;
        counters.compressedBytes += bytes.byteLength;
      });
    } catch (error) {
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
      onResult(entry, thrown ?? results[index]!);
    }
    onEnd();
  }
}
