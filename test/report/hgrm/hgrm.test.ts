import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import hdr from 'hdr-histogram-js';
import { hgrm } from '../../../src/report/hgrm/hgrm.ts';
import { histogramSeries, measured, range } from '../../helpers/results.ts';
import { exampleRun, hostileRuns, suiteOf } from '../hostile.ts';
import type { RunResult } from '../../../src/model/result.ts';

function runWith(values: readonly number[], censored: readonly number[] = []): RunResult {
  const verdict = { outcome: 'pass', reasons: [], targets: [] } as const;
  return { ...measured([histogramSeries('response_time', { name: 'list' }, values, censored)]), verdict };
}

/** Value in ms, percentile as a share, samples up to it. */
function rows(text: string): [number, number, number][] {
  return text
    .split('\n')
    .filter((line) => /^ *[\d.]+ /.test(line))
    .map((line) => line.trim().split(/ +/).map(Number))
    .map(([value = NaN, share = NaN, count = NaN]) => [value, share, count]);
}

/** What the JavaScript port of HdrHistogram writes of the same values. */
function oracle(values: readonly number[]): string {
  hdr.initWebAssemblySync();
  const histogram = hdr.build({
    bitBucketSize: 'packed' as const,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3_600_000_000_000,
    numberOfSignificantValueDigits: 3 as const,
    autoResize: false,
    useWebAssembly: false,
  });
  for (const value of values) histogram.recordValue(value);
  return histogram.outputPercentileDistribution(5, 1e6);
}

describe('hgrm', () => {
  test('is the text that HdrHistogram writes', () => {
    const [file] = hgrm(runWith([1_000_000, 2_000_000, 2_000_000, 40_000_000]));
    assert.equal(file?.name, 'example-response_time-list.hgrm');
    assert.equal(
      file?.text,
      `       Value     Percentile TotalCount 1/(1-Percentile)

       1.000 0.000000000000          1           1.00
       1.000 0.100000000000          1           1.11
       1.000 0.200000000000          1           1.25
       2.001 0.300000000000          3           1.43
       2.001 0.400000000000          3           1.67
       2.001 0.500000000000          3           2.00
       2.001 0.550000000000          3           2.22
       2.001 0.600000000000          3           2.50
       2.001 0.650000000000          3           2.86
       2.001 0.700000000000          3           3.33
       2.001 0.750000000000          3           4.00
      40.010 0.775000000000          4           4.44
      40.010 1.000000000000          4
#[Mean    =       11.249, StdDeviation   =       16.601]
#[Max     =       40.010, Total count    =            4]
#[Buckets =           32, SubBuckets     =         2048]
`,
    );
  });

  test('has the rows and moments of another implementation, for any values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 2_000_000_000 })), {
          minLength: 1,
          maxLength: 300,
        }),
        (values) => {
          const [file] = hgrm(runWith(values));
          const expected = oracle(values);
          assert.deepEqual(rows(file?.text ?? ''), rows(expected));
          const comments = (text: string): string[] =>
            text.split('\n').filter((line) => /^#\[(?:Mean|Max)/.test(line));
          const numbers = (text: string): number[] =>
            comments(text).flatMap((line) =>
              Array.from(line.matchAll(/[\d.]+(?=[,\]])/g), ([number]) => Number(number)),
            );
          const [ours, theirs] = [numbers(file?.text ?? ''), numbers(expected)];
          assert.equal(ours.length, 4);
          // the port prints the largest value as it was recorded, the Java library and we the end of its bucket
          const tolerances = [0.002, 0.002, (theirs[2] ?? 0) * 1e-3 + 0.001, 0];
          for (const [index, tolerance] of tolerances.entries())
            assert.ok(
              Math.abs((ours[index] ?? NaN) - (theirs[index] ?? NaN)) <= tolerance,
              `${ours.join()} ${theirs.join()}`,
            );
        },
      ),
      { numRuns: 100 },
    );
  });

  test('ranks operations that never completed above all others, and says from where on', () => {
    const [file] = hgrm(
      runWith(
        range(90, () => 50e6),
        range(10, () => 10e6),
      ),
    );
    const found = rows(file?.text ?? '');
    assert.deepEqual(found.at(-1)?.slice(1), [1, 100]);
    assert.ok(found.every(([value]) => value >= 49.9 && value <= 50.1));
    assert.match(file?.text ?? '', /#\[Censored = 10, lower bounds from the percentile 0\.900000\]\n$/);
  });

  test('has a file for each histogram of each run, with names that differ also where case does not count', () => {
    const names = [...hgrm(suiteOf([exampleRun(), exampleRun()]))].map(({ name }) => name);
    assert.deepEqual(names.slice(0, 2), [
      'example-response_time-steady-list.hgrm',
      'example-response_time-steady-item.hgrm',
    ]);
    assert.equal(names[4], 'example-response_time-steady-list.2.hgrm');
    assert.equal(new Set(names.map((name) => name.toLowerCase())).size, 8);
  });

  test('whatever a text holds, a name is a legal file name in its own folder', () => {
    fc.assert(
      fc.property(hostileRuns, (run) => {
        for (const { name } of hgrm(run)) assert.match(name, /^\w[\w.-]{0,110}\.hgrm$/);
      }),
      { numRuns: 100 },
    );
  });
});
