import { BatchResultError } from './batcher-errors.ts';
import type { Batch } from './batch-entry.ts';
import type { BatchContext } from './batcher.ts';
import type { BatcherSettings } from './batcher-options.ts';
import type { BatchPayload } from './payload-encoder.ts';
import { encodePayload } from './payload-encoder.ts';

/**
 * One call of the handler. Async, so that a handler which throws at once fails later. Rejects with what it throws, made
 * an Error, and with BatchResultError when it does not return one result for each item.
 */
export async function runBatch<T, R>(
  batch: Batch<T, R>,
  { handler, payload: options }: BatcherSettings<T, R>,
  onPayload: (payload: BatchPayload) => void,
): Promise<readonly (R | Error)[]> {
  try {
    const { items } = batch;
    let payload: BatchPayload | null = null;
    if (options !== null) {
      payload = await encodePayload(items, options, signalOf(batch));
      onPayload(payload);
    }
    return checkResults(await handler(items, new Context(batch, payload)), items.length);
  } catch (error) {
    throw asError(error);
  }
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

function checkResults<R>(results: readonly (R | Error)[], expectedCount: number): readonly (R | Error)[] {
  if (Array.isArray(results) && results.length === expectedCount) return results;
  const got = Array.isArray(results) ? `${results.length}` : typeof results;
  throw new BatchResultError(
    `Expected \`handler\` to return an array of ${expectedCount} results, one for each item, got ${got}.`,
  );
}
