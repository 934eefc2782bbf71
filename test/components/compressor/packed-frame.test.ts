import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  codecs,
  CorruptInputError,
  createCompressor,
  MissingDictionaryError,
  OutputTooLargeError,
} from '../../../src/components/compressor/index.ts';
import type { CodecName } from '../../../src/components/compressor/index.ts';

const names = Object.keys(codecs).filter((name): name is CodecName => Object.hasOwn(codecs, name));
const text = Buffer.from('one two three four '.repeat(100));

test('pack and unpack give back anything, at most one byte longer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 400, size: 'max' }),
      fc.nat(50),
      fc.constantFrom(...names),
      fc.nat(300),
      async (bytes, repeats, codec, thresholdBytes) => {
        const original = Buffer.concat(Array.from({ length: repeats }, () => bytes));
        const compressor = createCompressor({ codec, thresholdBytes });
        for (const frame of [compressor.packSync(original), await compressor.pack(original)]) {
          assert.ok(frame.length <= original.length + 1);
          assert.ok(original.equals(compressor.unpackSync(frame)));
          assert.ok(original.equals(await compressor.unpack(frame)));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('what is short or does not get shorter is stored', () => {
  const compressor = createCompressor({ thresholdBytes: 100 });
  const short = text.subarray(0, 99);
  assert.deepEqual([...compressor.packSync(short)], [0, ...short]);
  const noise = randomBytes(2_000);
  assert.equal(compressor.packSync(noise).length, noise.length + 1);
  assert.ok(compressor.packSync(text).length < 100);
  assert.deepEqual([compressor.stats().stored, compressor.stats().compressions], [2, 3]);
});

test('any compressor unpacks what another packed', () => {
  for (const codec of names) {
    const frame = createCompressor({ codec }).packSync(text);
    assert.equal(frame[0], codecs[codec].id);
    assert.ok(text.equals(createCompressor().unpackSync(frame)));
  }
});

test('asks for the dictionary that the data was packed with', async () => {
  const dictionary = Buffer.from('one two three four five');
  for (const codec of names.filter((name) => codecs[name].takesDictionary())) {
    const frame = createCompressor({ codec, dictionary }).packSync(text);
    const without = createCompressor({ codec });
    assert.throws(() => without.unpackSync(frame), MissingDictionaryError);
    await assert.rejects(without.unpack(frame), MissingDictionaryError);
    assert.ok(text.equals(createCompressor({ codec: 'deflate', dictionary }).unpackSync(frame)));
  }
});

test('says what is no packed data, and keeps to the limit of output', async () => {
  const compressor = createCompressor();
  assert.throws(() => compressor.unpackSync(new Uint8Array(0)), CorruptInputError);
  assert.throws(() => compressor.unpackSync(Buffer.from([99, 1, 2])), {
    name: 'CorruptInputError',
    message: 'Expected 3 bytes to be complete packed data, got the unknown marker 99.',
  });
  const frame = compressor.packSync(text);
  assert.throws(() => compressor.unpackSync(frame, { maxOutputBytes: 10 }), OutputTooLargeError);
  await assert.rejects(compressor.unpack(frame, { maxOutputBytes: 10 }), OutputTooLargeError);
  assert.throws(() => compressor.unpackSync(frame.subarray(0, 9)), CorruptInputError);
});

test('stored data is held to the limit too', () => {
  const frame = createCompressor().packSync(Buffer.from('not compressed'));
  assert.throws(() => createCompressor({ maxOutputBytes: 5 }).unpackSync(frame), OutputTooLargeError);
});

test('a dictionary is copied, and checked', () => {
  const dictionary = Buffer.from('one two three four five');
  const compressor = createCompressor({ codec: 'zstd', dictionary });
  const packed = compressor.compressSync(text);
  dictionary.fill(0);
  assert.ok(text.equals(compressor.decompressSync(packed)));
  assert.throws(() => createCompressor({ dictionary: new Uint8Array(0) }), /at least one byte/);
  assert.throws(() => Reflect.apply(createCompressor, null, [{ dictionary: 'words' }]), /a Uint8Array/);
  // The magic number of a zstd dictionary, and then none.
  const broken = Buffer.from([0x37, 0xa4, 0x30, 0xec, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.throws(() => createCompressor({ codec: 'zstd', dictionary: broken }), /that zstd can load/);
});
