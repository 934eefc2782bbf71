import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { resampleHistograms } from '../../../src/judge/compare/resample-histograms.ts';
import { PerfkitError } from '../../../src/model/errors.ts';
import { histogramSeries } from '../../helpers/results.ts';

const times = fc.array(fc.integer({ min: 1, max: 10_000_000 }), { maxLength: 40 });

/** Largest value that a histogram of three digits cannot tell from this one. */
function bucketEnd(value: number): number {
  const width = value < 2048 ? 1 : 2 ** (Math.floor(Math.log2(value)) - 10);
  return Math.floor(value / width) * width + width - 1;
}

test('a percentile of a mixture of slices is that of their histograms added up as often', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(times, fc.array(fc.integer({ min: 1, max: 1e7 }), { maxLength: 3 }), fc.nat(3)), {
        minLength: 1,
        maxLength: 6,
      }),
      (drawn) => {
        const slices = drawn.map(([values, censored]) => [
          histogramSeries('response_time', {}, values, censored),
        ]);
        const percentiles = [50, 95, 99];
        const found = new Float64Array(3);
        const table = resampleHistograms(slices, percentiles);
        table.read(
          Float64Array.from(drawn, ([, , count]) => count),
          found,
        );
        const copies = drawn.flatMap(([values, censored, count]) =>
          Array.from({ length: count }, () => ({ values, censored })),
        );
        const done = copies.flatMap(({ values }) => values.map(bucketEnd)).toSorted((x, y) => x - y);
        const total = done.length + copies.reduce((sum, { censored }) => sum + censored.length, 0);
        for (const [index, percentile] of percentiles.entries()) {
          const rank = Math.max(1, Math.ceil((percentile / 100) * total - 1e-9));
          if (total === 0) assert.ok(Number.isNaN(found[index]));
          else if (rank > done.length) assert.ok((found[index] ?? 0) >= table.boundedFrom);
          else assert.equal(found[index], done[rank - 1]);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('a histogram that is no histogram is refused', () => {
  const series = { ...histogramSeries('response_time', {}, [1]), histogram: 'SElTVEY=' };
  assert.throws(() => resampleHistograms([[series]], [50]), PerfkitError);
});

test('a histogram that is cut short or has a changed byte is refused or read, and never breaks the process', () => {
  const whole = Buffer.from(
    histogramSeries('response_time', {}, [5, 70, 900, 1e6]).histogram ?? '',
    'base64',
  );
  const body = inflateSync(whole.subarray(8));
  fc.assert(
    fc.property(fc.nat(body.length), fc.nat(body.length - 1), fc.nat(255), (length, at, byte) => {
      const changed = Buffer.from(body).subarray(0, length);
      if (at < length) changed[at] = byte;
      const packed = deflateSync(changed);
      const head = Buffer.from(whole.subarray(0, 8));
      head.writeInt32BE(packed.length, 4);
      const histogram = Buffer.concat([head, packed]).toString('base64');
      try {
        resampleHistograms([[{ ...histogramSeries('response_time', {}, []), histogram }]], [50]);
      } catch (error) {
        assert.ok(error instanceof PerfkitError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});
