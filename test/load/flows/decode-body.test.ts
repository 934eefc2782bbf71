import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { decodeBody } from '../../../src/load/flows/reply/decode-body.ts';

const maxBytes = 100_000;

function decode(body: Uint8Array, ...codings: string[]): Uint8Array | { failure: string } {
  return decodeBody(
    body,
    codings.map((coding) => ['content-encoding', coding] as const),
    maxBytes,
  );
}

test('every coding gives back what was coded, also one after the other', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      const cases: readonly [Uint8Array, ...string[]][] = [
        [gzipSync(bytes), 'gzip'],
        [gzipSync(bytes), 'X-GZip'],
        [deflateSync(bytes), 'deflate'],
        [deflateRawSync(bytes), 'deflate'],
        [brotliCompressSync(bytes), 'br'],
        [zstdCompressSync(bytes), ' zstd '],
        [brotliCompressSync(gzipSync(bytes)), 'gzip, br'],
        [brotliCompressSync(gzipSync(bytes)), 'gzip', 'br'],
        [bytes, 'identity'],
      ];
      for (const [coded, ...codings] of cases) {
        const decoded = decode(coded, ...codings);
        assert.ok('length' in decoded, codings.join());
        assert.ok(Buffer.from(bytes).equals(decoded), codings.join());
      }
    }),
    { numRuns: 100 },
  );
});

test('a bomb is cut off at the limit', () => {
  const zeros = Buffer.alloc(20_000_000);
  for (const [bomb, coding] of [
    [gzipSync(zeros), 'gzip'],
    [deflateSync(zeros), 'deflate'],
    [brotliCompressSync(zeros), 'br'],
    [zstdCompressSync(zeros), 'zstd'],
    [gzipSync(gzipSync(zeros)), 'gzip, gzip'],
  ] as const) {
    const decoded = decode(bomb, coding);
    assert.ok('failure' in decoded && decoded.failure === 'body_too_large', coding);
  }
});

test('what is broken, cut off, unknown or coded many times is a protocol failure', () => {
  const text = Buffer.from('hello '.repeat(100));
  for (const [body, coding] of [
    [text, 'gzip'],
    [text, 'br'],
    [text, 'zstd'],
    [gzipSync(text).subarray(0, -9), 'gzip'],
    [brotliCompressSync(text).subarray(0, -1), 'br'],
    [zstdCompressSync(text).subarray(0, -1), 'zstd'],
    [text, 'compress'],
    [text, 'gzip, gzip, gzip, gzip'],
  ] as const) {
    const decoded = decode(body, coding);
    assert.ok('failure' in decoded && decoded.failure === 'protocol', coding);
  }
});
