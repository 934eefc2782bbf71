import { codecs } from 'perfkit/compressor';
import { createDocuments } from '../patterns/documents.ts';
import { choiceOption, numberOption } from '../patterns/scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from '../patterns/scenario-context.ts';
import { importPeer } from './import-peer.ts';

interface ZlibPeer {
  readonly pack: (data: Uint8Array) => Uint8Array;
  readonly unpack: (data: Uint8Array) => Uint8Array;
}

const names = ['perfkit', 'fflate', 'pako'] as const;
const works = ['deflate', 'inflate'] as const;
const level = 6;
const limitBytes = 64 * 1024 ** 2;

/**
 * zlib streams (RFC 1950, level 6) of seeded JSON documents, one a call, synchronous. Options: codec, work, bytes (of a
 * document). `saved` is that of one pass over all documents. What one packs, the others must unpack.
 */
export async function createZlibSubject(
  options: Readonly<Record<string, unknown>>,
  { random }: ScenarioContext,
): Promise<ScenarioSubject> {
  const name = choiceOption(options, 'codec', names);
  const work = choiceOption(options, 'work', works);
  const bytes = numberOption(options, 'bytes', 16_384);
  const count = Math.max(4, Math.min(256, Math.floor(2 ** 20 / Math.max(bytes, 1))));
  const documents = createDocuments('json', count, bytes, random);
  const peer = await makers[name]();
  const packed = documents.map((document) => peer.pack(document));
  check(peer, makers.perfkit(), documents, packed);
  const total = (all: readonly Uint8Array[]): number => all.reduce((sum, one) => sum + one.byteLength, 0);
  const saved = 1 - total(packed) / total(documents);
  const input = work === 'deflate' ? documents : packed;
  const call = work === 'deflate' ? peer.pack : peer.unpack;
  const [first = new Uint8Array(0)] = input;
  return {
    operations: { [work]: (index) => call(input[index % count] ?? first) },
    metrics: () => ({ saved }),
  };
}

const makers = {
  perfkit: () => ({
    pack: (data: Uint8Array) => codecs.deflate.compressSync(data, level),
    unpack: (data: Uint8Array) => codecs.deflate.decompressSync(data, limitBytes),
  }),
  fflate: async () => {
    const { unzlibSync, zlibSync } = await importPeer('fflate', () => import('fflate'));
    return {
      pack: (data: Uint8Array) => zlibSync(data, { level }),
      unpack: (data: Uint8Array) => unzlibSync(data),
    };
  },
  pako: async () => {
    const { deflate, inflate } = await importPeer('pako', () => import('pako'));
    return {
      pack: (data: Uint8Array) => deflate(data, { level }),
      unpack: (data: Uint8Array) => inflate(data),
    };
  },
} satisfies Record<(typeof names)[number], () => ZlibPeer | Promise<ZlibPeer>>;

function check(
  peer: ZlibPeer,
  other: ZlibPeer,
  documents: readonly Uint8Array[],
  packed: readonly Uint8Array[],
): void {
  for (const [index, document] of documents.entries()) {
    const stream = packed[index] ?? new Uint8Array(0);
    const wayBack = [peer.unpack(stream), other.unpack(stream), peer.unpack(other.pack(document))];
    if (wayBack.every((one) => Buffer.from(document).equals(one))) continue;
    throw new Error(`Wrong answer: document ${index} did not survive`);
  }
}
