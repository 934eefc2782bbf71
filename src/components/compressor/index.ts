export type { Codec } from './codec.ts';
export { codecs } from './codecs.ts';
export type { CodecName } from './codecs.ts';
export { CorruptInputError, MissingDictionaryError, OutputTooLargeError } from './compressor-errors.ts';
export type {
  CompressOptions,
  Compressor,
  CompressorOptions,
  CompressorStats,
  DecompressOptions,
} from './compressor.ts';
export { createCompressor } from './create-compressor.ts';
export { createDeduplicator } from './deduplicator.ts';
export type {
  DeduplicatedData,
  Deduplicator,
  DeduplicatorOptions,
  DeduplicatorStats,
} from './deduplicator.ts';
export { trainDictionary } from './dictionary/train-dictionary.ts';
export type { DictionaryOptions } from './dictionary/train-dictionary.ts';
