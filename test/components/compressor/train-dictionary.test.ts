import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createDocuments } from '../../../src/bench/drivers/documents.ts';
import { codecs, createCompressor, trainDictionary } from '../../../src/components/compressor/index.ts';
import type { CodecName } from '../../../src/components/compressor/index.ts';
import { createRandom } from '../../../src/measure/random.ts';

// Records of 800 bytes, half of each made-up prose: nothing but a dictionary gets far with them.
const documents = createDocuments(1_000, 800, createRandom(1));
const samples = documents.slice(0, 800);
const held = documents.slice(800);
const names = Object.keys(codecs).filter(
  (name): name is CodecName => Object.hasOwn(codecs, name) && codecs[name as CodecName].takesDictionary(),
);

function saved(codec: CodecName, dictionary?: Uint8Array): number {
  const compressor = createCompressor(dictionary === undefined ? { codec } : { codec, dictionary });
  for (const document of held) {
    const packed = compressor.compressSync(document);
    assert.ok(Buffer.from(document).equals(compressor.decompressSync(packed)));
  }
  return compressor.stats().saved;
}

describe('a dictionary trained on other documents', () => {
  for (const codec of names) {
    test(`saves ${codec} at least 18 % of the size more on documents under 1 KiB`, () => {
      const dictionary = trainDictionary(samples, { codec });
      assert.ok(dictionary.length <= 32_768);
      const [without, with_] = [saved(codec), saved(codec, dictionary)];
      assert.ok(with_ >= without + 0.18, `${without} to ${with_}`);
    });
  }
});

test('is no longer than asked, and the same for the same samples', () => {
  for (const maxBytes of [100, 1_000, 10_000]) {
    const dictionary = trainDictionary(samples, { maxBytes });
    assert.ok(dictionary.length <= maxBytes && dictionary.length >= maxBytes / 2);
    assert.deepEqual(dictionary, trainDictionary(samples, { maxBytes }));
  }
});

test('holds what the samples share and nothing that is in one alone', () => {
  const shared = 'the-shared-part-of-every-sample';
  const random = createRandom(2);
  const some = Array.from({ length: 50 }, () => {
    const own = Array.from({ length: 200 }, () => random.int(256));
    return Buffer.concat([Buffer.from(own), Buffer.from(shared), Buffer.from(own.map((byte) => byte ^ 85))]);
  });
  const dictionary = Buffer.from(trainDictionary(some, { maxBytes: 4_096 }));
  // At the end, where it is cheapest to refer to; before it at most a few substrings whose hashes are the same.
  assert.ok(dictionary.subarray(-40).includes(shared));
  assert.ok(dictionary.length < 1_000, String(dictionary.length));
});

test('says what is wrong with the samples', () => {
  assert.throws(
    () => trainDictionary(samples.slice(0, 4)),
    /`samples` to be five documents or more, got `4`/,
  );
  assert.throws(
    () => Reflect.apply(trainDictionary, null, ['text']),
    /`samples` to be an array of Uint8Array/,
  );
  assert.throws(
    () => Reflect.apply(trainDictionary, null, [['text']]),
    /`samples` to be an array of Uint8Array/,
  );
  assert.throws(() => trainDictionary(samples, { codec: 'gzip' }), /one that takes a dictionary/);
  assert.throws(() => trainDictionary(samples, { maxBytes: 0 }), /`maxBytes`/);
  const unlike = Array.from({ length: 5 }, (_, index) => new Uint8Array(20).fill(index));
  assert.throws(() => trainDictionary(unlike), /in common/);
});
