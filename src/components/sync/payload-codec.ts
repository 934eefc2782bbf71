import { expected, positiveInteger } from '../internal/option-checks.ts';
import type { Sealer } from './sealer.ts';
import { MessageError } from './sync-errors.ts';

/** What the codec uses of a compressor: one of perfkit/compressor will do, with gzip, brotli, zstd or another codec. */
export interface PayloadCompressor {
  pack(data: Uint8Array): Promise<Uint8Array>;
  unpack(frame: Uint8Array, options: { readonly maxOutputBytes: number }): Promise<Uint8Array>;
}

export interface PayloadCodecOptions {
  /** @default none */
  readonly compressor?: PayloadCompressor;
  /** Encrypts, after compression. @default none */
  readonly sealer?: Sealer;
  /** Most bytes of text that a payload may hold. @default 67108864 (64 MiB) */
  readonly maxTextBytes?: number;
}

/** Messages to bytes and back: UTF-8, then compressed, then sealed, where asked for. */
export interface PayloadCodec {
  encode(text: string): Promise<Uint8Array>;
  /** Rejects with SealError, what the compressor throws of bad input, or MessageError for what is no UTF-8 or too long. */
  decode(payload: Uint8Array): Promise<string>;
}

/** Long enough for a sealer's header and tag, and a compressor's on data that does not get shorter. */
const overheadBytes = 4_096;

export function createPayloadCodec(options: PayloadCodecOptions = {}): PayloadCodec {
  const { compressor, sealer } = options;
  const maxTextBytes = positiveInteger('maxTextBytes', options.maxTextBytes ?? 64 * 1024 ** 2);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return {
    async encode(text) {
      const bytes = Buffer.from(text);
      const packed = compressor === undefined ? bytes : await compressor.pack(bytes);
      return sealer === undefined ? packed : sealer.seal(packed);
    },
    async decode(payload) {
      if (!(payload instanceof Uint8Array)) throw new TypeError(expected('payload', 'a Uint8Array', payload));
      if (payload.byteLength > maxTextBytes + overheadBytes) throw tooLong(maxTextBytes, payload.byteLength);
      const packed = sealer === undefined ? payload : sealer.open(payload);
      const bytes =
        compressor === undefined ? packed : await compressor.unpack(packed, { maxOutputBytes: maxTextBytes });
      if (bytes.byteLength > maxTextBytes) throw tooLong(maxTextBytes, bytes.byteLength);
      try {
        return decoder.decode(bytes);
      } catch {
        throw new MessageError('payload', 'UTF-8', `${bytes.byteLength} bytes that are not`);
      }
    },
  };
}

function tooLong(most: number, bytes: number): MessageError {
  return new MessageError('payload', `at most ${most} bytes`, `${bytes}`);
}
