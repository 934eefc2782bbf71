import zlib from 'node:zlib';
import type { BrotliOptions, ZlibOptions, ZstdOptions } from 'node:zlib';
import type { Codec } from './codec.ts';
import { zlibCodec } from './zlib-codec.ts';
import { zstdTakesDictionary } from './zstd-support.ts';

const zlibLevels = { lowest: 0, highest: 9, default: 6 };
const zlibOptions = (level: number): ZlibOptions => ({ level });
const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT, ZSTD_c_checksumFlag, ZSTD_c_compressionLevel } =
  zlib.constants;

/**
 * Compression formats by name: zlib (RFC 1950), gzip (RFC 1952) and raw deflate (RFC 1951, without a checksum);
 * brotli (RFC 7932, without a checksum); zstd (RFC 8878, with its checksum).
 */
export const codecs = {
  deflate: zlibCodec({
    name: 'deflate',
    id: 1,
    levels: zlibLevels,
    takesDictionary: () => true,
    packOptions: zlibOptions,
    pack: zlib.deflate,
    packSync: zlib.deflateSync,
    unpack: zlib.inflate,
    unpackSync: zlib.inflateSync,
  }),
  gzip: zlibCodec({
    name: 'gzip',
    id: 2,
    levels: zlibLevels,
    // zlib takes one and ignores it: the format has no place to name it.
    takesDictionary: () => false,
    packOptions: zlibOptions,
    pack: zlib.gzip,
    packSync: zlib.gzipSync,
    unpack: zlib.gunzip,
    unpackSync: zlib.gunzipSync,
  }),
  'deflate-raw': zlibCodec({
    name: 'deflate-raw',
    id: 3,
    levels: zlibLevels,
    takesDictionary: () => true,
    packOptions: zlibOptions,
    pack: zlib.deflateRaw,
    packSync: zlib.deflateRawSync,
    unpack: zlib.inflateRaw,
    unpackSync: zlib.inflateRawSync,
  }),
  brotli: zlibCodec<BrotliOptions>({
    name: 'brotli',
    id: 4,
    // Node's own default is 11, hundreds of times slower than 5 for a fifth less output (google/brotli#1138).
    levels: { lowest: 0, highest: 11, default: 5 },
    takesDictionary: () => false,
    packOptions: (level, inputBytes) => ({
      params: { [BROTLI_PARAM_QUALITY]: level, [BROTLI_PARAM_SIZE_HINT]: inputBytes },
    }),
    pack: zlib.brotliCompress,
    packSync: zlib.brotliCompressSync,
    unpack: zlib.brotliDecompress,
    unpackSync: zlib.brotliDecompressSync,
  }),
  zstd: zlibCodec<ZstdOptions>({
    name: 'zstd',
    id: 5,
    levels: { lowest: 1, highest: 22, default: 3 },
    takesDictionary: zstdTakesDictionary,
    // The size known beforehand keeps the tables of high levels as small as the input.
    packOptions: (level, inputBytes) => ({
      params: { [ZSTD_c_compressionLevel]: level, [ZSTD_c_checksumFlag]: 1 },
      pledgedSrcSize: inputBytes,
    }),
    pack: zlib.zstdCompress,
    packSync: zlib.zstdCompressSync,
    unpack: zlib.zstdDecompress,
    unpackSync: zlib.zstdDecompressSync,
  }),
} satisfies Record<string, Codec>;

export type CodecName = keyof typeof codecs;
