import type { CompressCallback, InputType } from 'node:zlib';
import { promisify } from 'node:util';
import type { Codec } from './codec.ts';
import { CorruptInputError, OutputTooLargeError } from './compressor-errors.ts';

/** What its functions take beside the format's own options. */
interface UnpackOptions {
  readonly maxOutputLength: number;
  readonly info: true;
  readonly dictionary?: Uint8Array;
}

/** The four functions of node:zlib that make up a format, and how it is told what to do. */
export interface ZlibFormat<Options extends object> {
  readonly name: string;
  readonly id: number;
  readonly levels: Codec['levels'];
  readonly takesDictionary: () => boolean;
  /** Options of `pack` for input of so many bytes, but for the dictionary. */
  readonly packOptions: (level: number, inputBytes: number) => Options;
  readonly pack: (data: InputType, options: Options, callback: CompressCallback) => void;
  readonly packSync: (data: InputType, options: Options) => Uint8Array;
  readonly unpack: (data: InputType, options: UnpackOptions, callback: CompressCallback) => void;
  readonly unpackSync: (data: InputType, options: UnpackOptions) => Uint8Array;
}

/** A codec on one of the formats that node:zlib has. */
export function zlibCodec<Options extends object>(format: ZlibFormat<Options>): Codec {
  const { name, id, levels, takesDictionary } = format;
  const packAsync = promisify(format.pack);
  const unpackAsync = promisify(format.unpack);
  const packOptions = (level: number, inputBytes: number, dictionary: Uint8Array | undefined): Options => {
    const options = format.packOptions(level, inputBytes);
    return dictionary === undefined ? options : { ...options, dictionary };
  };
  return {
    id,
    levels,
    takesDictionary,
    compress: (data, level, dictionary) => packAsync(data, packOptions(level, data.byteLength, dictionary)),
    compressSync: (data, level, dictionary) =>
      format.packSync(data, packOptions(level, data.byteLength, dictionary)),
    async decompress(data, maxOutputBytes, dictionary) {
      try {
        return complete(name, data, await unpackAsync(data, unpackOptions(maxOutputBytes, dictionary)));
      } catch (error) {
        throw translated(name, data, maxOutputBytes, error);
      }
    },
    decompressSync(data, maxOutputBytes, dictionary) {
      try {
        return complete(name, data, format.unpackSync(data, unpackOptions(maxOutputBytes, dictionary)));
      } catch (error) {
        throw translated(name, data, maxOutputBytes, error);
      }
    },
  };
}

/** `info` makes zlib tell how much of the input it used. */
function unpackOptions(maxOutputBytes: number, dictionary: Uint8Array | undefined): UnpackOptions {
  const options = { maxOutputLength: maxOutputBytes, info: true } as const;
  return dictionary === undefined ? options : { ...options, dictionary };
}

/** The output, if it took all of the input: unpacking stops at the end of its data and says nothing of what follows. */
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
