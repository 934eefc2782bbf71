import { callable, wholeNumber } from '../internal/option-checks.ts';

export interface PayloadOptions<T> {
  /** @default UTF-8 of the items as a JSON array */
  readonly serialize?: (items: readonly T[]) => Uint8Array;
  /** Any compressor; the signal aborts when nobody waits for the batch any more. */
  readonly compress: (bytes: Uint8Array, signal: AbortSignal) => Uint8Array | PromiseLike<Uint8Array>;
  /** A payload below this is not compressed. @default 1024 */
  readonly minBytes?: number;
}

/** A batch as bytes, for handlers that send it somewhere. */
export interface BatchPayload {
  readonly bytes: Uint8Array;
  /** False when compression would have made it longer, or it is below minBytes. */
  readonly compressed: boolean;
  /** Before compression. */
  readonly originalBytes: number;
}

/** Every default filled in, every value checked. */
export function payloadSettings<T>(given: PayloadOptions<T>): Required<PayloadOptions<T>> {
  return {
    serialize: callable('payload.serialize', given.serialize ?? serializeJson),
    compress: callable('payload.compress', given.compress),
    minBytes: wholeNumber('payload.minBytes', given.minBytes ?? 1024),
  };
}

/** Rejects with what `serialize` or `compress` throws. */
export async function encodePayload<T>(
  items: readonly T[],
  { serialize, compress, minBytes }: Required<PayloadOptions<T>>,
  signal: AbortSignal,
): Promise<BatchPayload> {
  const original = serialize(items);
  const originalBytes = original.byteLength;
  if (originalBytes >= minBytes) {
    const bytes = await compress(original, signal);
    if (bytes.byteLength < originalBytes) return { bytes, compressed: true, originalBytes };
  }
  return { bytes: original, compressed: false, originalBytes };
}

function serializeJson(items: readonly unknown[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(items));
}
