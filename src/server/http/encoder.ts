import { createCompressor } from '../../components/compressor/index.ts';
import type { Compressor } from '../../components/compressor/index.ts';
import type { Encoding } from './negotiate-encoding.ts';

/** Compresses replies; levels that take well under a millisecond for replies of some kilobytes. */
export interface Encoder {
  readonly encode: (data: Uint8Array, encoding: Encoding) => Promise<Uint8Array>;
  /** Bytes before and after, of all so far. */
  readonly stats: () => { readonly originalBytes: number; readonly compressedBytes: number };
}

/** Shorter ones are sent as they are. */
export const shortestEncodedBytes = 1_024;

export function createEncoder(): Encoder {
  const compressors: Readonly<Record<Encoding, Compressor>> = {
    zstd: createCompressor({ codec: 'zstd', level: 3 }),
    br: createCompressor({ codec: 'brotli', level: 4 }),
    gzip: createCompressor({ codec: 'gzip', level: 6 }),
  };
  return {
    encode: (data, encoding) => compressors[encoding].compress(data),
    stats: () => {
      const all = Object.values(compressors).map((one) => one.stats());
      return {
        originalBytes: all.reduce((sum, one) => sum + one.originalBytes, 0),
        compressedBytes: all.reduce((sum, one) => sum + one.compressedBytes, 0),
      };
    },
  };
}
