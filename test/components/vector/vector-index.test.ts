import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  createClusteredVectors,
  createVectorIndex,
  dequantize,
  quantize,
  recallAtK,
} from '../../../src/components/vector/index.ts';
import type { Metric } from '../../../src/components/vector/index.ts';
import { createRandom } from '../../../src/measure/random.ts';

const cohere = new URL('../../../../shared/data/vectors/cohere-1000x768.f32', import.meta.url);
const skip = existsSync(cohere) ? false : 'the file ../shared/data/vectors/cohere-1000x768.f32 is not there';
const metrics = ['dot', 'cosine', 'l2'] as const satisfies Metric[];

function plain(metric: Metric, a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, index) => sum + value * y[index]!, 0);
  if (metric === 'dot') return dot(a, b);
  if (metric === 'cosine') return dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1);
  return Math.sqrt(a.reduce((sum, value, index) => sum + (value - b[index]!) ** 2, 0));
}

test('distances on the quantized form are those of the vectors it stands for', () => {
  const numbers = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(
      numbers,
      fc.constantFrom('vector' as const, 'dimension' as const),
      fc.constantFrom(8 as const, 16 as const),
      (values, per, bits) => {
        const quantized = quantize(Float32Array.from(values), { dimensions: 4, per, bits });
        const index = createVectorIndex(quantized);
        const [a, b] = [dequantize(quantized, 0), dequantize(quantized, 1)];
        for (const metric of metrics) {
          // L2 is the root of a difference of large numbers: the rounding of a float shows as its root.
          const tolerance = metric === 'cosine' ? 1e-3 : metric === 'l2' ? 0.2 : 0.1;
          const [got, expected] = [index.distance(metric, 0, 1), plain(metric, a, b)];
          if (metric === 'cosine' && plain('dot', a, a) * plain('dot', b, b) < 1e-6) continue;
          assert.ok(Math.abs(got - expected) <= tolerance, `${metric}: ${got} for ${expected}`);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('finds the nearest by each metric, best first', () => {
  const vectors = Float32Array.of(1, 0, 0.9, 0.1, 0, 1, -1, 0, 3, 0.5);
  for (const per of ['vector', 'dimension'] as const) {
    const index = createVectorIndex(quantize(vectors, { dimensions: 2, per, bits: 16 }));
    const order = (metric: Metric): readonly number[] =>
      index.search(Float32Array.of(1, 0), 9, metric).map((one) => one.index);
    assert.deepEqual(order('dot'), [4, 0, 1, 2, 3]);
    assert.deepEqual(order('cosine'), [0, 1, 4, 2, 3]);
    assert.deepEqual(order('l2'), [0, 1, 2, 3, 4]);
    const [best] = index.search(Float32Array.of(1, 0), 1, 'l2');
    assert.ok(Math.abs(best!.value) < 1e-3);
  }
});

test('8 bits keep the neighbours of clustered vectors', () => {
  const random = createRandom(7);
  const options = { count: 1_000, dimensions: 64, clusters: 20, random: () => random.next() };
  const vectors = createClusteredVectors(options);
  const queries = Array.from({ length: 50 }, (_, index) => index * 20);
  for (const per of ['vector', 'dimension'] as const) {
    const index = createVectorIndex(quantize(vectors, { dimensions: 64, per }));
    for (const metric of metrics) {
      const recall = recallAtK(vectors, index, { dimensions: 64, queries, metric });
      assert.ok(recall >= 0.95, `${per} ${metric}: ${recall}`);
    }
  }
});

test(
  'recall@10 of 1,000 text embeddings is at least 0.98 per dimension and 0.97 per vector',
  { skip },
  (context) => {
    const bytes = readFileSync(cohere);
    const vectors = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    const queries = Array.from({ length: 200 }, (_, index) => index * 5);
    for (const per of ['vector', 'dimension'] as const) {
      const quantized = quantize(vectors, { dimensions: 768, per });
      const index = createVectorIndex(quantized);
      for (const metric of metrics) {
        const recall = recallAtK(vectors, index, { dimensions: 768, queries, metric });
        const { maxError, mse, saved } = quantized.report;
        context.diagnostic(
          `int8 per ${per}, ${metric}: recall@10 ${recall.toFixed(4)} (n = 1000, 200 queries), ` +
            `max error ${maxError.toExponential(2)}, MSE ${mse.toExponential(2)}, saved ${saved.toFixed(4)}`,
        );
        assert.ok(recall >= (per === 'dimension' ? 0.98 : 0.97), `${per} ${metric}: ${recall}`);
      }
    }
  },
);

test('recall is 1 for an index that finds all, and less for one that does not', () => {
  const random = createRandom(3);
  const vectors = createClusteredVectors({
    count: 50,
    dimensions: 8,
    clusters: 5,
    random: () => random.next(),
  });
  const index = createVectorIndex(quantize(vectors, { dimensions: 8, bits: 16 }));
  const options = { dimensions: 8, queries: [0, 1, 2], k: 5 };
  assert.ok(recallAtK(vectors, index, options) > 0.9);
  assert.equal(recallAtK(vectors, { ...index, search: () => [] }, options), 0);
});

test('the same seed gives the same vectors, each of length 1', () => {
  const make = (): Float32Array => {
    const random = createRandom(5);
    return createClusteredVectors({ count: 20, dimensions: 16, clusters: 3, random: () => random.next() });
  };
  const vectors = make();
  assert.deepEqual(vectors, make());
  for (let index = 0; index < 20; index++) {
    const vector = vectors.subarray(index * 16, (index + 1) * 16);
    assert.ok(Math.abs(vector.reduce((sum, value) => sum + value * value, 0) - 1) < 1e-5);
  }
});

test('says what it cannot compare', () => {
  const index = createVectorIndex(quantize(new Float32Array(4), { dimensions: 2 }));
  assert.throws(() => index.distance('l2', 0, 2), /`second` to be a whole number below 2/);
  assert.throws(() => index.search(new Float32Array(3), 1), /`query` to be a Float32Array of 2 numbers/);
  assert.throws(() => index.search(new Float32Array(2), 0), /`k`/);
  assert.throws(
    () => Reflect.apply(index.distance.bind(index), null, ['l1', 0, 1]),
    /one of dot, cosine, l2/,
  );
});
