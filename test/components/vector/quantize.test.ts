import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { dequantize, quantize } from '../../../src/components/vector/index.ts';

const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
const vectorSet = fc.record({
  dimensions: fc.integer({ min: 1, max: 8 }),
  numbers: fc.array(finite, { maxLength: 64 }),
  bits: fc.constantFrom(8 as const, 16 as const),
  per: fc.constantFrom('vector' as const, 'dimension' as const),
});

test('every number is within half a scale of the original, and the report is true', () => {
  fc.assert(
    fc.property(vectorSet, ({ dimensions, numbers, bits, per }) => {
      const count = Math.floor(numbers.length / dimensions);
      const vectors = Float32Array.from(numbers.slice(0, count * dimensions));
      const quantized = quantize(vectors, { dimensions, bits, per });
      let maxError = 0;
      let squares = 0;
      for (let index = 0; index < vectors.length; index++) {
        const at = per === 'vector' ? Math.floor(index / dimensions) : index % dimensions;
        const scale = quantized.scales[at]!;
        const error = Math.abs(vectors[index]! - quantized.offsets[at]! - scale * quantized.codes[index]!);
        assert.ok(error <= (scale / 2) * (1 + 1e-9), `${error} > ${scale} / 2`);
        maxError = Math.max(maxError, error);
        squares += error * error;
      }
      const { report } = quantized;
      assert.ok(Math.abs(report.maxError - maxError) <= maxError * 1e-9);
      assert.ok(Math.abs(report.mse - squares / (vectors.length || 1)) <= report.mse * 1e-9);
    }),
    { numRuns: 300 },
  );
});

test('gives vectors back within half a scale and the rounding of a float', () => {
  const vectors = Float32Array.of(0, 10, -5, 20, 5, 30);
  const quantized = quantize(vectors, { dimensions: 2, per: 'dimension' });
  const back = [0, 1, 2].flatMap((index) => [...dequantize(quantized, index)]);
  for (const [index, value] of back.entries()) {
    assert.ok(Math.abs(value - vectors[index]!) <= quantized.scales[index % 2]! / 2 + 1e-6);
  }
  // Both ends of each range are codes: they come back but for the rounding of the scale.
  for (const [index, value] of [-5, 20, 5, 30].entries())
    assert.ok(Math.abs(back[2 + index]! - value) < 1e-5);
});

test('saves three quarters with 8 bits and half with 16, less what scales cost', () => {
  const vectors = new Float32Array(10_000 * 384);
  const saved = (bits: 8 | 16, per: 'vector' | 'dimension'): number =>
    quantize(vectors, { dimensions: 384, bits, per }).report.saved;
  assert.ok(saved(8, 'dimension') > 0.7495 && saved(8, 'vector') > 0.744);
  assert.ok(saved(16, 'dimension') > 0.4995 && saved(16, 'vector') > 0.494);
});

test('equal numbers come back exactly', () => {
  const quantized = quantize(new Float32Array(6).fill(0.1), { dimensions: 3 });
  assert.deepEqual(dequantize(quantized, 1), new Float32Array(3).fill(0.1));
  assert.equal(quantized.report.maxError, 0);
});

test('takes no vectors at all', () => {
  const { count, report } = quantize(new Float32Array(0), { dimensions: 3, per: 'vector' });
  assert.deepEqual([count, report.saved, report.mse], [0, 0, 0]);
});

test('says what it cannot quantize', () => {
  assert.throws(() => quantize(Float32Array.of(1, NaN), { dimensions: 2 }), /`vectors\[1\]` to be a finite/);
  assert.throws(() => quantize(Float32Array.of(1, Infinity), { dimensions: 2 }), RangeError);
  assert.throws(() => quantize(new Float32Array(3), { dimensions: 2 }), /a multiple of 2 numbers/);
  assert.throws(() => quantize(new Float32Array(2), { dimensions: 0 }), /`dimensions`/);
  assert.throws(() => Reflect.apply(quantize, null, [[1, 2], { dimensions: 2 }]), /a Float32Array/);
  assert.throws(
    () => Reflect.apply(quantize, null, [new Float32Array(2), { dimensions: 2, bits: 4 }]),
    /`bits` to be 8 or 16/,
  );
  const quantized = quantize(new Float32Array(4), { dimensions: 2 });
  assert.throws(() => dequantize(quantized, 2), /`index` to be a whole number below 2/);
  assert.throws(() => dequantize(quantized, 0, new Float32Array(3)), /`out` to be 2 numbers long/);
});
