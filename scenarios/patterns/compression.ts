import { createCompressor, trainDictionary } from 'perfkit/compressor';
import type { CompressorOptions } from 'perfkit/compressor';
import { createDocuments } from './documents.ts';
import { choiceOption, numberOption } from './scenario-options.ts';
import type { ScenarioContext, ScenarioSubject, SeededRandom } from './scenario-context.ts';

const codecs = ['deflate', 'deflate-raw', 'brotli', 'zstd'] as const;
const samples = 2_000;
const heldOut = 1_024;

/**
 * Compression of pattern documents, JSON and prose of 1 to 256 KiB. Options: level, codec. The corpus is seeded
 * (documents.ts). `saved` is that of one pass over it all, whatever the number of calls.
 */
export function createCompression(
  options: Readonly<Record<string, unknown>>,
  { random }: ScenarioContext,
): ScenarioSubject {
  const compressor = createCompressor(compressorOptions(options));
  return compressionOf(createCorpus(random), (data) => compressor.compressSync(data));
}

/** The same for documents under 1 KiB, with a dictionary that was trained on other documents. */
export function createDictionaryCompression(
  options: Readonly<Record<string, unknown>>,
  { random, workload }: ScenarioContext,
): ScenarioSubject {
  const settings = compressorOptions(options);
  const documents = createDocuments('json', samples + heldOut, workload.valueBytes, random);
  const dictionary = trainDictionary(documents.slice(0, samples), settings);
  const compressor = createCompressor({ ...settings, dictionary });
  return compressionOf(documents.slice(samples), (data) => compressor.compressSync(data));
}

/** Decompression of documents of `bytes`. */
export function createDecompression(
  options: Readonly<Record<string, unknown>>,
  { random }: ScenarioContext,
): ScenarioSubject {
  const bytes = numberOption(options, 'bytes', 1_024);
  const compressor = createCompressor(compressorOptions(options));
  const count = Math.max(4, Math.min(256, Math.floor(2 ** 22 / bytes)));
  const compressed = createDocuments('json', count, bytes, random).map((one) => compressor.compressSync(one));
  const [first] = compressed;
  if (first === undefined) throw new Error('Expected documents, got none');
  return {
    operations: { decompress: (index) => compressor.decompressSync(compressed[index % count] ?? first) },
  };
}

function compressorOptions(options: Readonly<Record<string, unknown>>): CompressorOptions {
  return {
    codec: choiceOption(options, 'codec', codecs, 'deflate'),
    ...(options['level'] === undefined ? {} : { level: numberOption(options, 'level', 6) }),
  };
}

function createCorpus(random: SeededRandom): Uint8Array[] {
  const sizes = [
    [1, 64],
    [4, 32],
    [16, 16],
    [64, 4],
    [256, 1],
  ] as const;
  return sizes.flatMap(([kibibytes, count]) => [
    ...createDocuments('json', count, kibibytes * 1_024, random),
    ...createDocuments('prose', count, kibibytes * 1_024, random),
  ]);
}

function compressionOf(
  documents: readonly Uint8Array[],
  compress: (data: Uint8Array) => Uint8Array,
): ScenarioSubject {
  const total = (bytes: readonly Uint8Array[]): number => bytes.reduce((sum, one) => sum + one.byteLength, 0);
  const saved = 1 - total(documents.map(compress)) / total(documents);
  return {
    operations: {
      compress: (index) => compress(documents[index % documents.length] ?? new Uint8Array(0)),
    },
    metrics: () => ({ saved }),
  };
}
