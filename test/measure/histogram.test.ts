import { test } from 'node:test';
import assert from 'node:assert/strict';
import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { Histogram } from '../../src/measure/histogram.ts';
import { maxOfEncoded } from '../../src/measure/histogram-encoding.ts';
import { PerfkitError } from '../../src/model/errors.ts';

/** Values of every magnitude, as likely to be 10 as to be 10^12. */
const anyValue = fc
  .tuple(fc.double({ min: 0, max: Math.log(Histogram.highestValue), noNaN: true }), fc.boolean())
  .map(([log, edge]) => {
    const value = Math.min(Math.floor(Math.exp(log)), Histogram.highestValue);
    // Powers of two and their neighbours are where buckets change.
    return edge ? Math.min(2 ** Math.round(Math.log2(value)), Histogram.highestValue) : value;
  });
const someValues = fc.array(anyValue, { minLength: 1, maxLength: 200 });

function histogramOf(samples: readonly number[], wide = false): Histogram {
  const histogram = new Histogram({ wide });
  for (const sample of samples) histogram.record(sample);
  return histogram;
}

function contents(histogram: Histogram): unknown {
  const percentiles = [0, 1, 25, 50, 75, 90, 99, 99.9, 100].map((percentile) =>
    histogram.valueAt(percentile),
  );
  return {
    count: histogram.count,
    min: histogram.min,
    max: histogram.max,
    mean: histogram.mean,
    percentiles,
  };
}

test('a value is reported at most 0.1 % and one unit above what it was, never below', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const histogram = histogramOf([value]);
      const reported = histogram.valueAt(100);
      histogram.destroy();
      assert.ok(reported >= value && reported <= value * 1.001 + 1, `${value} came back as ${reported}`);
    }),
    { numRuns: 300 },
  );
});

test('every percentile is the order statistic, to 0.1 %', () => {
  fc.assert(
    fc.property(someValues, fc.double({ min: 0.1, max: 100, noNaN: true }), (samples, percentile) => {
      const histogram = histogramOf(samples);
      const reported = histogram.valueAt(percentile);
      histogram.destroy();
      const sorted = samples.toSorted((a, b) => a - b);
      // HdrHistogram rounds the rank to the nearest integer; either neighbour of the exact rank is right.
      const rank = (percentile / 100) * sorted.length;
      const low = sorted[Math.max(Math.floor(rank) - 1, 0)]!;
      const high = sorted[Math.min(Math.ceil(rank), sorted.length) - 1]!;
      assert.ok(
        reported >= low && reported <= high * 1.001 + 1,
        `p${percentile}: ${reported}, exact ${low} to ${high}`,
      );
    }),
    { numRuns: 200 },
  );
});

test('what is read back equals what was written', () => {
  fc.assert(
    fc.property(someValues, fc.boolean(), (samples, wide) => {
      const histogram = histogramOf(samples, wide);
      const copy = Histogram.fromBase64(histogram.toBase64());
      assert.deepEqual(contents(copy), contents(histogram));
      copy.destroy();
      histogram.destroy();
    }),
    { numRuns: 100 },
  );
});

test('adding two is the same as recording both into one, encoded or not', () => {
  fc.assert(
    fc.property(someValues, someValues, (left, right) => {
      const sum = histogramOf(left);
      const other = histogramOf(right);
      const encodedSum = histogramOf(left, true);
      encodedSum.addEncoded(other.encode());
      sum.add(other);
      const both = histogramOf([...left, ...right]);
      assert.deepEqual(contents(sum), contents(both));
      assert.deepEqual(contents(encodedSum), contents(both));
      for (const histogram of [sum, other, encodedSum, both]) histogram.destroy();
    }),
    { numRuns: 100 },
  );
});

test('the header carries offset 0 and the ratio 1.0, as the other readers of the format want', () => {
  const histogram = histogramOf([1, 1_000, 1e9]);
  const encoded = histogram.encode();
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  assert.equal(view.getInt32(0), 0x1c849313, 'cookie of V2');
  assert.equal(view.getInt32(4), encoded.length - 40, 'payload length');
  assert.equal(view.getInt32(8), 0, 'normalising index offset');
  assert.equal(view.getInt32(12), 3, 'significant digits');
  assert.equal(view.getBigInt64(16), 1n);
  assert.equal(view.getBigInt64(24), 3_600_000_000_000n);
  assert.equal(view.getFloat64(32), 1);
  const compressed = Buffer.from(histogram.toBase64(), 'base64');
  assert.equal(compressed.readInt32BE(0), 0x1c849314, 'cookie of the compressed form');
  assert.deepEqual(new Uint8Array(inflateSync(compressed.subarray(8))), encoded);
  assert.match(histogram.toBase64(), /^HISTF/);
  histogram.destroy();
});

test('values that are none are clamped and counted', () => {
  const histogram = histogramOf([NaN, -5, 0, 0.5, Infinity, 1e300, 2.9]);
  assert.equal(histogram.count, 7);
  assert.equal(histogram.min, 1);
  assert.equal(histogram.max, Histogram.highestValue);
  assert.equal(histogram.valueAt(70), 2);
  histogram.destroy();
});

test('an empty one reads as zero, and stays empty after a reset', () => {
  const histogram = new Histogram();
  assert.deepEqual(contents(histogram), {
    count: 0,
    min: 0,
    max: 0,
    mean: 0,
    percentiles: new Array(9).fill(0),
  });
  histogram.record(5);
  histogram.reset();
  assert.equal(histogram.count, 0);
  const other = histogramOf([7]);
  other.addEncoded(histogram.encode());
  other.addEncoded(new Uint8Array(0));
  assert.equal(other.count, 1);
  histogram.destroy();
  other.destroy();
});

test('the largest value of an encoding is read without decoding it', () => {
  assert.equal(maxOfEncoded(new Uint8Array(0)), 0);
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1, max: 5e12, noNaN: true }), { maxLength: 20 }), (values) => {
      const histogram = histogramOf(values);
      assert.equal(maxOfEncoded(histogram.encode()), histogram.max);
      histogram.destroy();
    }),
    { numRuns: 200 },
  );
});

function refused(text: string, reason: RegExp): void {
  assert.throws(
    () => Histogram.fromBase64(text),
    (error: unknown) =>
      error instanceof PerfkitError && error.code === 'result' && reason.test(error.message),
    text.slice(0, 60),
  );
}

function wrap(data: Uint8Array): string {
  const body = deflateSync(data);
  const head = Buffer.alloc(8);
  head.writeInt32BE(0x1c849314, 0);
  head.writeInt32BE(body.length, 4);
  return Buffer.concat([head, body]).toString('base64');
}

function header(changes: (view: DataView) => void, payload: readonly number[] = [2]): Uint8Array {
  const data = new Uint8Array(40 + payload.length);
  const view = new DataView(data.buffer);
  view.setInt32(0, 0x1c849313);
  view.setInt32(4, payload.length);
  view.setInt32(12, 3);
  view.setBigInt64(16, 1n);
  view.setBigInt64(24, 3_600_000_000_000n);
  view.setFloat64(32, 1);
  data.set(payload, 40);
  changes(view);
  return data;
}

test('the hand-made header below is one that is read', () => {
  const histogram = Histogram.fromBase64(wrap(header(() => undefined, [1, 2])));
  assert.equal(histogram.count, 1);
  histogram.destroy();
});

test('refuses what is no histogram, and says why', () => {
  refused('', /no compressed V2 histogram/);
  refused('not base64 at all!', /no compressed V2/);
  refused('HISTFAAAA', /cannot read a histogram/);
  refused(wrap(new Uint8Array(0)), /too short/);
  refused(wrap(new Uint8Array(39)), /too short/);
  refused(wrap(header((view) => view.setInt32(0, 7))), /no V2 histogram/);
  refused(wrap(header((view) => view.setInt32(4, 5))), /length does not match/);
  refused(wrap(header((view) => view.setInt32(12, 2))), /with 3 digits, got .* with 2/);
  refused(wrap(header((view) => view.setBigInt64(24, 10n))), /expected 1 to 3600000000000/);
  refused(wrap(header((view) => view.setInt32(8, 1))), /shifted/);
  refused(wrap(header(() => undefined, [0x80])), /middle of a count/);
  refused(wrap(header(() => undefined, [0xff, 0xff, 0xff, 0xff, 0x0f])), /more than its range holds/);
  refused(wrap(header(() => undefined, [140, 128, 128, 128, 16])), /count is more than 2\^31/);
  refused(wrap(header(() => undefined, new Array<number>(33_793).fill(2))), /more than its range holds/);
});

test('refuses a bomb without inflating it', () => {
  const before = process.memoryUsage().arrayBuffers;
  refused(wrap(new Uint8Array(256 * 1024 * 1024)), /cannot read a histogram/);
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 * 256 * 1024 * 1024);
});

test('every cut of a valid histogram is refused', () => {
  const histogram = histogramOf([1, 50, 1_000, 123_456_789]);
  const whole = Buffer.from(histogram.toBase64(), 'base64');
  const plain = histogram.encode();
  for (let length = 0; length < whole.length; length++)
    refused(whole.subarray(0, length).toString('base64'), /cannot read/);
  for (let length = 1; length < plain.length; length++) {
    assert.throws(() => histogram.addEncoded(plain.slice(0, length)), PerfkitError, `${length} bytes`);
  }
  histogram.destroy();
});

test('random bytes and flipped bits give a PerfkitError or a histogram, never a crash', () => {
  const valid = histogramOf([1, 50, 1_000, 123_456_789, 5e11]);
  const plain = valid.encode();
  const attempt = (data: Uint8Array): void => {
    const histogram = new Histogram({ wide: true });
    try {
      histogram.addEncoded(data);
      assert.ok(Number.isFinite(histogram.valueAt(99)) && Number.isFinite(histogram.count));
    } catch (error) {
      assert.ok(error instanceof PerfkitError, String(error));
    }
    histogram.destroy();
  };
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (data) => attempt(data)),
    { numRuns: 200 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (payload) =>
      attempt(header(() => undefined, [...payload])),
    ),
    { numRuns: 1_000 },
  );
  fc.assert(
    fc.property(fc.nat(plain.length - 1), fc.nat(7), (index, bit) => {
      const changed = plain.slice();
      changed[index]! ^= 1 << bit;
      attempt(changed);
    }),
    { numRuns: 1_000 },
  );
  valid.destroy();
});

test('memory does not grow with the number of records', () => {
  const histogram = new Histogram();
  for (let index = 0; index < 100_000; index++) histogram.record(index * 37);
  const before = process.memoryUsage().rss;
  for (let index = 0; index < 2_000_000; index++) histogram.record(index * 1_234);
  const grownBytes = process.memoryUsage().rss - before;
  assert.equal(histogram.count, 2_100_000);
  assert.ok(grownBytes < 8 * 1024 * 1024, `${grownBytes} bytes for 2 million records`);
  histogram.destroy();
});
