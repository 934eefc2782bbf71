import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCompressor } from '../../../src/components/compressor/index.ts';
import type { Compressor } from '../../../src/components/compressor/index.ts';

const text = Buffer.from('one two three four '.repeat(100));

test('counts bytes of compressions and calls of both directions', async () => {
  const compressor = createCompressor({ codec: 'gzip' });
  const packed = compressor.compressSync(text);
  await compressor.compress(text);
  compressor.decompressSync(packed);
  await compressor.decompress(packed);
  assert.deepEqual(compressor.stats(), {
    compressions: 2,
    decompressions: 2,
    stored: 0,
    failures: 0,
    originalBytes: 2 * text.length,
    compressedBytes: 2 * packed.length,
    saved: 1 - packed.length / text.length,
    running: 0,
    waiting: 0,
  });
});

test('counts failures, and nothing else of them', async () => {
  const compressor = createCompressor();
  assert.throws(() => compressor.decompressSync(text));
  await assert.rejects(compressor.decompress(text));
  assert.throws(() => compressor.decompressSync(compressor.compressSync(text), { maxOutputBytes: 10 }));
  assert.deepEqual([compressor.stats().failures, compressor.stats().decompressions], [3, 0]);
});

test('is honest about data that grows', () => {
  const compressor = createCompressor({ level: 0 });
  assert.equal(compressor.stats().saved, 0);
  compressor.compressSync(text);
  assert.ok(compressor.stats().saved < 0);
});

test('has at most `concurrency` asynchronous calls at work', async () => {
  const compressor = createCompressor({ concurrency: 2 });
  const broken = compressor.decompress(text);
  const calls = Array.from({ length: 9 }, () => compressor.compress(text));
  assert.deepEqual([compressor.stats().running, compressor.stats().waiting], [2, 8]);
  const watch = calls.map(async (call) => {
    await call;
    assert.ok(compressor.stats().running <= 2);
  });
  await assert.rejects(broken);
  await Promise.all(watch);
  const { running, waiting, compressions } = compressor.stats();
  assert.deepEqual([running, waiting, compressions], [0, 0, 9]);
});

test('a limit for one call is for that call', () => {
  const compressor = createCompressor({ maxOutputBytes: 100 });
  const packed = compressor.compressSync(text);
  assert.throws(() => compressor.decompressSync(packed), /at most 100 bytes/);
  assert.ok(text.equals(compressor.decompressSync(packed, { maxOutputBytes: text.length })));
});

test('refuses what is no Uint8Array and options it cannot follow', async () => {
  const compressor = createCompressor();
  assert.throws(
    () => callWith(compressor, 'compressSync', ['text']),
    /`data` to be a Uint8Array, got `"text"` \(string\)/,
  );
  assert.throws(() => callWith(compressor, 'decompressSync', [new Float64Array(2)]), TypeError);
  await assert.rejects(async () => callWith(compressor, 'compress', ['text']), TypeError);
  await assert.rejects(async () => callWith(compressor, 'decompress', ['text']), TypeError);
  assert.throws(
    () => Reflect.apply(createCompressor, null, [{ codec: 'lzw' }]),
    /`codec` to be one of deflate, gzip, deflate-raw, brotli, zstd, got `"lzw"`/,
  );
  assert.throws(() => createCompressor({ maxOutputBytes: 0 }), /`maxOutputBytes` to be a positive integer/);
  assert.throws(() => createCompressor({ maxOutputBytes: Number.MAX_SAFE_INTEGER + 1 }), /`maxOutputBytes`/);
  assert.throws(() => createCompressor({ concurrency: 0 }), /`concurrency`/);
  assert.throws(() => compressor.decompressSync(text, { maxOutputBytes: -1 }), /`maxOutputBytes`/);
});

test('leaves the line when it is aborted, and only then', async () => {
  const compressor = createCompressor({ concurrency: 1 });
  const controller = new AbortController();
  const first = compressor.compress(text, { signal: controller.signal });
  const second = compressor.compress(text, { signal: controller.signal });
  const third = compressor.compress(text);
  controller.abort(new Error('enough'));
  assert.deepEqual([compressor.stats().running, compressor.stats().waiting], [1, 1]);
  await assert.rejects(second, /enough/);
  assert.ok(text.equals(compressor.decompressSync(await first)));
  await third;
  await assert.rejects(compressor.pack(text, { signal: controller.signal }), /enough/);
  assert.deepEqual([compressor.stats().failures, compressor.stats().compressions], [2, 2]);
});

/** A call that the types do not allow. */
function callWith(
  compressor: Compressor,
  method: 'compress' | 'compressSync' | 'decompress' | 'decompressSync',
  data: readonly unknown[],
): unknown {
  return Reflect.apply(compressor[method].bind(compressor), null, data);
}
