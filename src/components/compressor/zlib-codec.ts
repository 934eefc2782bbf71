import type { CompressCallback, InputType, ZlibOptions } from 'node:zlib';
import { promisify } from 'node:util';
import type { Codec } from './codec.ts';
import { CorruptInputError, OutputTooLargeError } from './compressor-errors.ts';

type Run = (data: InputType, options: ZlibOptions, callback: CompressCallback) => void;
type RunSync = (data: InputType, options: ZlibOptions) => Uint8Array;

/** The four functions of node:zlib that make up a format. */
export interface ZlibFormat {
  readonly name: string;
  readonly pack: Run;
  readonly packSync: RunSync;
  readonly unpack: Run;
  readonly unpackSync: RunSync;
}

/** A codec on one of zlib's formats, levels 0 (stored) to 9. */
export function zlibCodec({ name, pack, packSync, unpack, unpackSync }: ZlibFormat): Codec {
  const packAsync = promisify(pack);
  const unpackAsync = promisify(unpack);
  return {
    levels: { lowest: 0, highest: 9, default: 6 },
    compress: (data, level) => packAsync(data, { level }),
    compressSync: (data, level) => packSync(data, { level }),
    async decompress(data, maxOutputBytes) {
      try {
        return complete(name, data, await unpackAsync(data, unpackOptions(maxOutputBytes)));
      } catch (error) {
        throw translated(name, data, maxOutputBytes, error);
      }
    },
    decompressSync(data, maxOutputBytes) {
      try {
        return complete(name, data, unpackSync(data, unpackOptions(maxOutputBytes)));
      } catch (error) {
        throw translated(name, data, maxOutputBytes, error);
      }
    },
  };
}

/** `info` makes zlib tell how much of the input it used. */
function unpackOptions(maxOutputBytes: number): ZlibOptions {
  return { maxOutputLength: maxOutputBytes, info: true };
}

/** The output, if it took all of the input: inflate stops at the end of its data and says nothing of what follows. */
function complete(codec: string, data: Uint8Array, result: unknown): Uint8Array {
  if (!isInfo(result))
    throw new TypeError('Expected node:zlib to return { buffer, engine } with `info`, got something else.');
  const extraBytes = data.byteLength - result.engine.bytesWritten;
  if (extraBytes === 0) return result.buffer;
  throw new CorruptInputError(codec, data.byteLength, `${extraBytes} bytes after its end`);
}

interface Info {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

function isInfo(result: unknown): result is Info {
  return typeof result === 'object' && result !== null && 'buffer' in result && 'engine' in result;
}

function translated(codec: string, data: Uint8Array, maxOutputBytes: number, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ERR_BUFFER_TOO_LARGE') {
    return new OutputTooLargeError(codec, data.byteLength, maxOutputBytes, { cause: error });
  }
  // zlib.h: a "buffer error" at the end of the input is a stream that goes on, so it was cut.
  const problem = error.code === 'Z_BUF_ERROR' ? 'truncated data' : `corrupt data (${error.message})`;
  return new CorruptInputError(codec, data.byteLength, problem, { cause: error });
}
