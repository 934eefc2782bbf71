import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  codecs,
  CorruptInputError,
  createCompressor,
  OutputTooLargeError,
} from '../../src/components/compressor/index.ts';
import type { Codec, CodecName } from '../../src/components/compressor/index.ts';

// What every codec owes its users, at every level.

/** Without a checksum a changed bit can give other data instead of an error. */
const withoutChecksum: readonly string[] = ['deflate-raw', 'brotli'] satisfies CodecName[];

/** Bytes that compress, and bytes that do not; described in few words, so that a failure is too. */
const shape: fc.Arbitrary<Shape> = fc.oneof(
  fc.record({ kind: fc.constant('noise' as const), bytes: fc.uint8Array({ maxLength: 300, size: 'max' }) }),
  fc.record({
    kind: fc.constant('words' as const),
    count: fc.nat({ max: 3000 }),
    seed: fc.nat({ max: 1000 }),
  }),
  fc.record({ kind: fc.constant('zeros' as const), length: fc.nat({ max: 100_000 }) }),
);

type Shape =
  | { readonly kind: 'noise'; readonly bytes: Uint8Array }
  | { readonly kind: 'words'; readonly count: number; readonly seed: number }
  | { readonly kind: 'zeros'; readonly length: number };

const words = ['cache ', 'pool ', 'batch ', '\n', 'é', '{"id":', '},'];

function bytesOf(described: Shape): Uint8Array {
  if (described.kind === 'noise') return described.bytes;
  if (described.kind === 'zeros') return new Uint8Array(described.length);
  const { count, seed } = described;
  return Buffer.from(
    Array.from({ length: count }, (_, index) => words[(seed + index * index) % words.length]).join(''),
  );
}

for (const [name, codec] of Object.entries(codecs) satisfies [string, Codec][]) {
  const { lowest, highest } = codec.levels;
  const level = fc.integer({ min: lowest, max: highest });
  const limit = 200_000;

  describe(`codec ${name}`, () => {
    test('gives back what it was given, whichever of its functions is used', async () => {
      await fc.assert(
        fc.asyncProperty(shape, level, async (described, chosen) => {
          const original = bytesOf(described);
          const packed = codec.compressSync(original, chosen);
          const packedAsync = await codec.compress(original, chosen);
          const plain = Buffer.from(original);
          for (const compressed of [packed, packedAsync]) {
            assert.ok(plain.equals(codec.decompressSync(compressed, limit)));
            assert.ok(plain.equals(await codec.decompress(compressed, limit)));
          }
        }),
        { numRuns: 100 },
      );
    });

    test('stops at the limit of output, and not before', async () => {
      await fc.assert(
        fc.asyncProperty(shape, level, async (described, chosen) => {
          const original = bytesOf(described);
          fc.pre(original.length > 1);
          const packed = codec.compressSync(original, chosen);
          assert.equal(codec.decompressSync(packed, original.length).length, original.length);
          assert.throws(() => codec.decompressSync(packed, original.length - 1), OutputTooLargeError);
          await assert.rejects(codec.decompress(packed, original.length - 1), OutputTooLargeError);
        }),
        { numRuns: 100 },
      );
    });

    test('says so when its input is cut anywhere or goes on after its end', async () => {
      const packed = codec.compressSync(
        Buffer.from('the quick brown fox jumps over the lazy dog'.repeat(3)),
        codec.levels.default,
      );
      for (let length = 0; length < packed.length; length++) {
        const cut = packed.subarray(0, length);
        assert.throws(() => codec.decompressSync(cut, limit), CorruptInputError, `cut at ${length}`);
        await assert.rejects(codec.decompress(cut, limit), CorruptInputError);
      }
      const longer = Buffer.concat([packed, Buffer.from('more')]);
      assert.throws(() => codec.decompressSync(longer, limit), CorruptInputError);
      await assert.rejects(codec.decompress(longer, limit), CorruptInputError);
    });

    test('of a changed input gives an error of its own, or what a checksum vouches for', () => {
      fc.assert(
        fc.property(
          shape,
          level,
          fc.nat(),
          fc.integer({ min: 1, max: 255 }),
          (described, chosen, where, change) => {
            const original = bytesOf(described);
            const packed = Uint8Array.from(codec.compressSync(original, chosen));
            const index = where % packed.length;
            packed[index] = (packed[index] ?? 0) ^ change;
            try {
              const output = codec.decompressSync(packed, limit);
              if (!withoutChecksum.includes(name)) assert.ok(Buffer.from(original).equals(output));
            } catch (error) {
              assert.ok(
                error instanceof CorruptInputError || error instanceof OutputTooLargeError,
                String(error),
              );
            }
          },
        ),
        { numRuns: 300 },
      );
    });

    test('a bomb is refused by default', async () => {
      const bomb = codec.compressSync(new Uint8Array(65 * 1024 * 1024), codec.levels.default);
      assert.ok(bomb.length < 100_000);
      const compressor = createCompressor({ codec: codecName(name) });
      assert.throws(() => compressor.decompressSync(bomb), {
        name: 'OutputTooLargeError',
        message: /at most 67108864 bytes/,
      });
      await assert.rejects(compressor.decompress(bomb), OutputTooLargeError);
    });

    if (codec.takesDictionary()) {
      test('with a dictionary it gives back what it was given, in fewer bytes', async () => {
        const dictionary = Buffer.from(
          '{"id":"pat_","type":"observation","confidence":0.,"text":"cache pool batch"}',
        );
        await fc.assert(
          fc.asyncProperty(shape, level, async (described, chosen) => {
            const original = bytesOf(described);
            const packed = codec.compressSync(original, chosen, dictionary);
            const packedAsync = await codec.compress(original, chosen, dictionary);
            for (const compressed of [packed, packedAsync]) {
              assert.ok(Buffer.from(original).equals(codec.decompressSync(compressed, limit, dictionary)));
              assert.ok(Buffer.from(original).equals(await codec.decompress(compressed, limit, dictionary)));
            }
          }),
          { numRuns: 100 },
        );
        const like = Buffer.from(
          '{"id":"pat_1","type":"observation","confidence":0.5,"text":"pool cache batch"}',
        );
        const usual = codec.levels.default;
        const with_ = codec.compressSync(like, usual, dictionary).length;
        assert.ok(with_ < codec.compressSync(like, usual).length * 0.75);
      });

      test('without its dictionary, or with another, data is no data', () => {
        const dictionary = Buffer.from('the quick brown fox jumps over the lazy dog');
        const packed = codec.compressSync(dictionary, codec.levels.default, dictionary);
        assert.throws(() => codec.decompressSync(packed, limit), CorruptInputError);
        assert.throws(() => codec.decompressSync(packed, limit, Buffer.from('fox')), CorruptInputError);
      });
    } else {
      test('refuses a dictionary that it would ignore', () => {
        assert.throws(
          () => createCompressor({ codec: codecName(name), dictionary: Buffer.from('words') }),
          /Expected `dictionary` to be undefined, for the codec/,
        );
      });
    }

    test('takes each of its levels and no other', () => {
      const text = Buffer.from('to be or not to be '.repeat(200));
      for (let chosen = lowest; chosen <= highest; chosen++) {
        const compressor = createCompressor({ codec: codecName(name), level: chosen });
        assert.ok(text.equals(compressor.decompressSync(compressor.compressSync(text))));
      }
      for (const bad of [lowest - 1, highest + 1, 0.5]) {
        assert.throws(
          () => createCompressor({ codec: codecName(name), level: bad }),
          /Expected `level` to be/,
        );
      }
    });
  });
}

function codecName(name: string): CodecName {
  const known: readonly string[] = Object.keys(codecs);
  assert.ok(isCodecName(name, known));
  return name;
}

function isCodecName(name: string, known: readonly string[]): name is CodecName {
  return known.includes(name);
}
