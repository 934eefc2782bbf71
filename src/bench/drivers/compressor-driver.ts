import { codecs, createCompressor } from '../../components/compressor/index.ts';
import { PerfkitError } from '../../model/errors.ts';
import type { Driver } from '../subjects/driver.ts';
import { createDocuments } from './documents.ts';
import { OptionReader } from './read-options.ts';

/**
 * The toolkit's compressor over documents of workload.valueBytes (documents.ts). Options: codec, level (the codec's
 * range and default), documents (how many different ones, default 256), sync (default "yes"; "no" uses the thread pool). Operations:
 * compress (the default), decompress. `saved` is that of all documents, each compressed on its own.
 */
export const compressorDriver: Driver = {
  create({ options, workload, random }) {
    const reader = new OptionReader('compressor', options);
    const codec = reader.oneOf('codec', codecs, 'deflate');
    const { lowest, highest, default: usual } = codecs[codec].levels;
    const level = reader.integer('level', { min: lowest, max: highest, default: usual });
    const count = reader.integer('documents', { min: 1, max: 4_096, default: 256 });
    const sync = reader.oneOf('sync', ['yes', 'no'], 'yes') === 'yes';
    reader.end();
    if (workload.valueBytes < 1)
      throw new PerfkitError('scenario', 'the driver compressor needs workload.valueBytes of at least 1');
    const compressor = createCompressor({ codec, level });
    const documents = createDocuments(count, workload.valueBytes, random);
    const compressed = documents.map((document) => compressor.compressSync(document));
    documents.forEach((document, index) => {
      const restored = compressor.decompressSync(compressed[index]!);
      if (!Buffer.from(document).equals(restored)) throw new Error('a document did not survive compression');
    });
    const { saved } = compressor.stats();
    let calls = 0;
    return {
      operations: sync
        ? {
            compress: (index) => (calls++, compressor.compressSync(documents[index % count]!)),
            decompress: (index) => (calls++, compressor.decompressSync(compressed[index % count]!)),
          }
        : {
            compress: (index) => (calls++, compressor.compress(documents[index % count]!)),
            decompress: (index) => (calls++, compressor.decompress(compressed[index % count]!)),
          },
      mix: { compress: 1 },
      measuring: () => {
        calls = 0;
      },
      // Bytes of documents, whichever way they go.
      metrics: () => ({ saved, bytes_in: calls * workload.valueBytes }),
    };
  },
};
