import { constants } from 'node:buffer';
import { expected, positiveInteger, wholeNumber } from '../internal/option-checks.ts';
import type { Codec } from './codec.ts';
import { codecs } from './codecs.ts';
import type { CompressorOptions } from './compressor.ts';

/** Options with every default filled in and every value checked. */
export interface CompressorSettings {
  readonly codec: Codec;
  readonly level: number;
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
  return {
    codec,
    level,
    maxOutputBytes: outputLimit(options.maxOutputBytes ?? 64 * 1024 * 1024),
    concurrency: positiveInteger('concurrency', options.concurrency ?? 4),
  };
}

/** A limit on bytes of output, at most what one buffer can hold. */
export function outputLimit(value: number): number {
  return positiveInteger('maxOutputBytes', value, constants.MAX_LENGTH);
}
