export type { Codec } from './codec.ts';
export { codecs } from './codecs.ts';
export type { CodecName } from './codecs.ts';
export { CorruptInputError, OutputTooLargeError } from './compressor-errors.ts';
export type { Compressor, CompressorOptions, CompressorStats, DecompressOptions } from './compressor.ts';
export { createCompressor } from './create-compressor.ts';
