import type { BatchCounters } from './batch-counters.ts';
import { BatchResultError } from './batcher-errors.ts';
import type { Batch } from './batch-entry.ts';
import type { BatchContext, BatchHandler } from './batcher.ts';
import type { BatcherSettings } from './batcher-options.ts';
import type { BatchPayload, PayloadOptions } from './payload-encoder.ts';
import { encodePayload } from './payload-encoder.ts';

/** One call of the handler, for what it gives; throws what that throws at once. The bytes of a payload are counted. */
export function runBatch<T, R>(
  batch: Batch<T, R>,
  { handler, payload }: BatcherSettings<T, R>,
  counters: BatchCounters,
): PromiseLike<readonly (R | Error)[]> | readonly (R | Error)[] {
  if (payload !== null) return runWithPayload(batch, handler, payload, counters);
  return handler(batch.items, new Context(batch, null));
}

/** Throws BatchResultError unless there is one result for each item. */
export function checkResults<R>(
  results: readonly (R | Error)[],
  expectedCount: number,
): readonly (R | Error)[] {
  if (Array.isArray(results) && results.length === expectedCount) return results;
  const got = Array.isArray(results) ? `${results.length}` : typeof results;
  throw new BatchResultError(
    `Expected \`handler\` to return an array of ${expectedCount} results, one for each item, got ${got}.`,
  );
}

export function asError(reason: unknown): Error {
  if (reason instanceof Error) return reason;
  return new BatchResultError(
    `Expected an Error to be thrown, got \`${String(reason)}\` (${typeof reason}).`,
    {
      cause: reason,
    },
  );
}

/** Tell the handler, if it asked, that nobody waits for its batch any more. */
export function abortBatch<T, R>(batch: Batch<T, R>): void {
  batch.controller?.abort(new Error('Nobody waits for any item of this batch any more.'));
}

async function runWithPayload<T, R>(
  batch: Batch<T, R>,
  handler: BatchHandler<T, R>,
  options: Required<PayloadOptions<T>>,
  counters: BatchCounters,
): Promise<readonly (R | Error)[]> {
  const payload = await encodePayload(batch.items, options, signalOf(batch));
  counters.payloadBytes += payload.originalBytes;
  counters.compressedBytes += payload.bytes.byteLength;
  return handler(batch.items, new Context(batch, payload));
}

/** A class, because an object literal with a getter gets a hidden class of its own each time, which garbage hangs on. */
class Context<T, R> implements BatchContext {
  readonly payload: BatchPayload | null;
  readonly #batch: Batch<T, R>;

  constructor(batch: Batch<T, R>, payload: BatchPayload | null) {
    this.#batch = batch;
    this.payload = payload;
  }

  get signal(): AbortSignal {
    return signalOf(this.#batch);
  }
}

/** Most handlers do not ask for it, and making it costs as much as several items. */
function signalOf<T, R>(batch: Batch<T, R>): AbortSignal {
  if (batch.controller === null) {
    batch.controller = new AbortController();
    if (batch.wanted === 0) abortBatch(batch);
  }
  return batch.controller.signal;
}
