import { expected, positiveInteger } from '../../internal/option-checks.ts';
import type { Codec } from '../codec.ts';
import { codecs } from '../codecs.ts';
import type { CodecName } from '../codecs.ts';
import { selectSegments } from './select-segments.ts';

export interface DictionaryOptions {
  /** Longest dictionary. Deflate uses no more than the last 32 KiB of one. @default 32768 */
  readonly maxBytes?: number;
  /** The codec that it is for. @default 'deflate' */
  readonly codec?: CodecName;
  /** The level that it is for. @default the codec's */
  readonly level?: number;
}

const segmentSizes = [32, 64, 128, 256];
const largestCorpusBytes = 256 * 1024 * 1024;

/**
 * A dictionary for documents that are like the samples: what these have in common, so that even a short document finds
 * something to refer to. Of several ways to cut the samples it takes the one with which a fifth of them, held back,
 * becomes smallest. Give a hundred samples or more, and a hundred times `maxBytes` in all if there are as many;
 * then keep the dictionary, for nothing can be read without it. The same samples give the same dictionary.
 *
 * Time O(bytes of samples), 10 to 20 MB a second. Throws TypeError or RangeError when there are fewer than five samples
 * or more than 256 MiB, and Error when they have nothing in common.
 */
export function trainDictionary(samples: readonly Uint8Array[], options: DictionaryOptions = {}): Uint8Array {
  checkSamples(samples);
  const codec = trainedCodec(options.codec ?? 'deflate');
  const level = options.level ?? codec.levels.default;
  const maxBytes = positiveInteger('maxBytes', options.maxBytes ?? 32_768);
  const held = samples.filter((_, index) => index % 5 === 4);
  const rest = samples.filter((_, index) => index % 5 !== 4);
  let best = segmentSizes[0]!;
  let fewest = Number.POSITIVE_INFINITY;
  for (const segmentBytes of segmentSizes) {
    const bytes = compressedBytes(held, codec, level, selectSegments(rest, { maxBytes, segmentBytes }));
    if (bytes >= fewest) continue;
    fewest = bytes;
    best = segmentBytes;
  }
  const dictionary = selectSegments(samples, { maxBytes, segmentBytes: best });
  if (dictionary.byteLength === 0) {
    throw new Error(
      'Expected the `samples` to have substrings of 6 bytes in common, got none: a dictionary cannot help.',
    );
  }
  return dictionary;
}

function compressedBytes(
  documents: readonly Uint8Array[],
  codec: Codec,
  level: number,
  dictionary: Uint8Array,
): number {
  const given = dictionary.byteLength === 0 ? undefined : dictionary;
  return documents.reduce((sum, one) => sum + codec.compressSync(one, level, given).byteLength, 0);
}

function trainedCodec(name: string): Codec {
  const named = Object.entries(codecs).find(([known, codec]) => known === name && codec.takesDictionary());
  if (named !== undefined) return named[1];
  throw new RangeError(expected('codec', 'one that takes a dictionary in this Node', name));
}

function checkSamples(samples: readonly unknown[]): void {
  if (!Array.isArray(samples)) throw new TypeError(expected('samples', 'an array of Uint8Array', samples));
  let bytes = 0;
  for (const sample of samples) {
    if (!(sample instanceof Uint8Array)) {
      throw new TypeError(expected('samples', 'an array of Uint8Array', sample));
    }
    bytes += sample.byteLength;
  }
  if (samples.length < 5) throw new RangeError(expected('samples', 'five documents or more', samples.length));
  if (bytes > largestCorpusBytes) {
    throw new RangeError(expected('samples', `at most ${largestCorpusBytes} bytes in all`, bytes));
  }
}
