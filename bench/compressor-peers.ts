import * as fflate from 'fflate';
import * as pako from 'pako';
import { createDocuments } from '../src/bench/drivers/documents.ts';
import { codecs, trainDictionary } from '../src/components/compressor/index.ts';
import { createRandom } from '../src/measure/random.ts';

// Our codecs (Node's own zlib) and the public packages fflate and pako over the same JSON records, in turn, five
// rounds, medians: share of the bytes saved, and megabytes a second of the original both ways. Synchronous calls, one
// document a call. Everybody's output is first inflated by somebody else.
//
//     node bench/compressor-peers.ts

const rounds = 5;
const bytesPerMeasure = 2 * 1024 * 1024;

interface Contender {
  readonly name: string;
  readonly pack: (data: Uint8Array) => Uint8Array;
  readonly unpack: (data: Uint8Array) => Uint8Array;
}

const limit = 64 * 1024 * 1024;
const own = (name: keyof typeof codecs, level: number, dictionary?: Uint8Array): Contender => ({
  name: `perfkit ${name} ${level}${dictionary === undefined ? '' : ' + dictionary'}`,
  pack: (data) => codecs[name].compressSync(data, level, dictionary),
  unpack: (data) => codecs[name].decompressSync(data, limit, dictionary),
});
type ZlibLevel = 1 | 6 | 9;
const ofFflate = (level: ZlibLevel): Contender => ({
  name: `fflate zlib ${level}`,
  pack: (data) => fflate.zlibSync(data, { level }),
  unpack: (data) => fflate.unzlibSync(data),
});
const ofPako = (level: ZlibLevel): Contender => ({
  name: `pako deflate ${level}`,
  pack: (data) => pako.deflate(data, { level }),
  unpack: (data) => pako.inflate(data),
});

const unzlibs: readonly ((data: Uint8Array) => Uint8Array)[] = [
  (data) => codecs.deflate.decompressSync(data, limit),
  (data) => fflate.unzlibSync(data),
  (data) => pako.inflate(data),
];

function check(contenders: readonly Contender[], documents: readonly Uint8Array[]): void {
  for (const { name, pack, unpack } of contenders) {
    const everybody = /brotli|zstd|dictionary/.test(name) ? [unpack] : [unpack, ...unzlibs];
    for (const document of documents.slice(0, 20)) {
      const packed = pack(document);
      if (everybody.every((other) => Buffer.from(document).equals(other(packed)))) continue;
      throw new Error(`${name}: a document did not survive`);
    }
  }
}

/** Megabytes (10^6) a second. */
function speed(
  documents: readonly Uint8Array[],
  originalBytes: number,
  work: (data: Uint8Array) => Uint8Array,
): number {
  let kept = 0;
  let bytes = 0;
  const startMs = performance.now();
  while (bytes < bytesPerMeasure) {
    for (const document of documents) kept += work(document).length;
    bytes += originalBytes;
  }
  const elapsedMs = performance.now() - startMs;
  if (kept === 0) throw new Error('no output');
  return bytes / 1e3 / elapsedMs;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

function compare(title: string, contenders: readonly Contender[], documents: readonly Uint8Array[]): void {
  check(contenders, documents);
  const originalBytes = documents.reduce((sum, one) => sum + one.length, 0);
  const packed = new Map(contenders.map(({ name, pack }) => [name, documents.map((one) => pack(one))]));
  const speeds = new Map(
    contenders.map(({ name }) => [name, { pack: [] as number[], unpack: [] as number[] }]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const { name, pack, unpack } of round % 2 === 0 ? contenders : contenders.toReversed()) {
      speeds.get(name)?.pack.push(speed(documents, originalBytes, pack));
      speeds.get(name)?.unpack.push(speed(packed.get(name) ?? [], originalBytes, unpack));
    }
  }
  console.log(`\n${title}: ${documents.length} documents of ${documents[0]?.length} bytes`);
  console.log(`${''.padEnd(30)}   saved      pack MB/s   unpack MB/s`);
  for (const { name } of contenders) {
    const bytes = (packed.get(name) ?? []).reduce((sum, one) => sum + one.length, 0);
    const { pack = [], unpack = [] } = speeds.get(name) ?? {};
    console.log(
      `${name.padEnd(30)}  ${((1 - bytes / originalBytes) * 100).toFixed(1).padStart(5)} %   ` +
        `${median(pack).toFixed(1).padStart(9)}     ${median(unpack).toFixed(1).padStart(9)}`,
    );
  }
}

const zlibs = [
  own('deflate', 1),
  ofFflate(1),
  ofPako(1),
  own('deflate', 6),
  ofFflate(6),
  ofPako(6),
  own('deflate', 9),
  ofFflate(9),
  ofPako(9),
];
const others = [own('brotli', 5), own('zstd', 1), own('zstd', 3), own('zstd', 9)];

const small = createDocuments(1_000, 800, createRandom(1));
const samples = createDocuments(2_500, 800, createRandom(1)).slice(1_000);
const forDeflate = trainDictionary(samples, { codec: 'deflate' });
const forZstd = trainDictionary(samples, { codec: 'zstd', maxBytes: 112_640 });
compare(
  'small records',
  [...zlibs, ...others, own('deflate', 6, forDeflate), own('zstd', 3, forZstd), own('zstd', 9, forZstd)],
  small,
);
compare('records', [...zlibs, ...others], createDocuments(64, 16_384, createRandom(2)));
compare('batches of records', [...zlibs, ...others], createDocuments(4, 1_048_576, createRandom(3)));
