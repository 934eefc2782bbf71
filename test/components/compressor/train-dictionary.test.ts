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

/** Records of 300 to 1,000 bytes as an agent keeps them: fields, steps and labels, no prose. */
function structuredDocuments(count: number): Uint8Array[] {
  const random = createRandom(9);
  const pick = <T>(from: readonly T[]): T => from[random.int(from.length)]!;
  const tools = ['read_file', 'edit_file', 'run_tests', 'search_code', 'list_files', 'run_command'];
  const languages = ['typescript', 'python', 'rust', 'go'];
  const step = (): object => ({
    tool: pick(tools),
    outcome: pick(['success', 'success', 'failure', 'partial']),
    durationMs: random.int(20_000),
    tokens: random.int(4_000),
  });
  return Array.from({ length: count }, () =>
    Buffer.from(
      JSON.stringify({
        id: `pattern-${random.uint32().toString(16)}`,
        type: pick(['task', 'error', 'workflow', 'preference']),
        domain: pick(languages),
        confidence: random.int(10_000) / 10_000,
        usageCount: random.int(500),
        createdAt: new Date(1.7e12 + random.int(1e9)).toISOString(),
        updatedAt: new Date(1.71e12 + random.int(1e9)).toISOString(),
        trigger: `${pick(['Fix', 'Add', 'Remove', 'Test'])} ${pick(['the cache', 'the parser', 'a flaky test'])}`,
        steps: Array.from({ length: 2 + random.int(4) }, step),
        tags: Array.from({ length: 1 + random.int(3) }, () => pick([...tools, ...languages])),
      }),
    ),
  );
}

test('saves three quarters of structured records under 1 KiB, which by themselves save less than half', () => {
  const all = structuredDocuments(1_500);
  assert.ok(all.every((one) => one.length < 1_024));
  const dictionary = trainDictionary(all.slice(0, 1_200));
  const savedWith = (compressor: ReturnType<typeof createCompressor>): number => {
    for (const one of all.slice(1_200)) {
      assert.ok(Buffer.from(one).equals(compressor.decompressSync(compressor.compressSync(one))));
    }
    return compressor.stats().saved;
  };
  assert.ok(savedWith(createCompressor()) < 0.5);
  assert.ok(savedWith(createCompressor({ dictionary })) >= 0.75);
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
