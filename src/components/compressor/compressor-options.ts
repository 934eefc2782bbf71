import { constants } from 'node:buffer';
import { expected, positiveInteger, wholeNumber } from '../internal/option-checks.ts';
import type { Codec } from './codec.ts';
import { codecs } from './codecs.ts';
import type { CompressorOptions } from './compressor.ts';

/** Options with every default filled in and every value checked. */
export interface CompressorSettings {
  readonly codec: Codec;
  readonly level: number;
  readonly dictionary: Uint8Array | undefined;
  readonly thresholdBytes: number;
  readonly maxOutputBytes: number;
  readonly concurrency: number;
}

/** Throws TypeError or RangeError that names the option. */
export function compressorSettings(options: CompressorOptions): CompressorSettings {
  const name = options.codec ?? 'deflate';
  if (!Object.hasOwn(codecs, name)) {
    throw new RangeError(expected('codec', `one of ${Object.keys(codecs).join(', ')}`, name));
  }
  const codec = codecs[name];
  const { lowest, highest, default: usual } = codec.levels;
  const level = wholeNumber('level', options.level ?? usual, highest);
  if (level < lowest) throw new RangeError(expected('level', `at least ${lowest}`, level));
  const dictionary = checkedDictionary(name, codec, options.dictionary);
  return {
    codec,
    level,
    dictionary,
    thresholdBytes: wholeNumber('thresholdBytes', options.thresholdBytes ?? (dictionary ? 64 : 1024)),
    maxOutputBytes: outputLimit(options.maxOutputBytes ?? 64 * 1024 * 1024),
    concurrency: positiveInteger('concurrency', options.concurrency ?? 4),
  };
}

/** A limit on bytes of output, at most what one buffer can hold. */
export function outputLimit(value: number): number {
  return positiveInteger('maxOutputBytes', value, constants.MAX_LENGTH);
}

function checkedDictionary(name: string, codec: Codec, dictionary: unknown): Uint8Array | undefined {
  if (dictionary === undefined) return undefined;
  if (!(dictionary instanceof Uint8Array)) {
    throw new TypeError(expected('dictionary', 'a Uint8Array', dictionary));
  }
  if (dictionary.byteLength === 0) {
    throw new RangeError(expected('dictionary', 'at least one byte long', dictionary));
  }
  if (!codec.takesDictionary()) {
    throw new RangeError(
      expected('dictionary', `undefined, for the codec ${name} takes none in this Node`, dictionary),
    );
  }
  // A copy: were the caller to reuse the buffer, nothing compressed so far could be read again.
  const copy = Uint8Array.from(dictionary);
  try {
    codec.compressSync(new Uint8Array(1), codec.levels.default, copy);
  } catch (cause) {
    throw new RangeError(expected('dictionary', `a dictionary that ${name} can load`, dictionary), { cause });
  }
  return copy;
}
