import zlib from 'node:zlib';
import type { Codec } from './codec.ts';
import { zlibCodec } from './zlib-codec.ts';

/** Compression formats by name: zlib (RFC 1950), gzip (RFC 1952) and raw deflate (RFC 1951, without a checksum). */
export const codecs = {
  deflate: zlibCodec({
    name: 'deflate',
    pack: zlib.deflate,
    packSync: zlib.deflateSync,
    unpack: zlib.inflate,
    unpackSync: zlib.inflateSync,
  }),
  gzip: zlibCodec({
    name: 'gzip',
    pack: zlib.gzip,
    packSync: zlib.gzipSync,
    unpack: zlib.gunzip,
    unpackSync: zlib.gunzipSync,
  }),
  'deflate-raw': zlibCodec({
    name: 'deflate-raw',
    pack: zlib.deflateRaw,
    packSync: zlib.deflateRawSync,
    unpack: zlib.inflateRaw,
    unpackSync: zlib.inflateRawSync,
  }),
} satisfies Record<string, Codec>;

export type CodecName = keyof typeof codecs;
