import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  formatBytes,
  formatCount,
  formatDurationNs,
  formatRatio,
  parseBytes,
  parseCount,
  parseDurationNs,
  parseRatePerSecond,
  parseRatio,
  splitQuantity,
} from '../../src/model/units.ts';

test('durations are read in every unit, in both spellings of the micro sign', () => {
  const written = {
    '5ns': 5,
    '2us': 2e3,
    '2\u00b5s': 2e3,
    '2\u03bcs': 2e3,
    '1.5ms': 1.5e6,
    '10s': 10e9,
    '2m': 120e9,
    '2min': 120e9,
    '1h': 3600e9,
    ' 1_000 ms ': 1e9,
    '1e3s': 1e12,
  };
  for (const [text, ns] of Object.entries(written)) assert.equal(parseDurationNs(text), ns, text);
});

test('a duration without a unit, with another one, or that is no number is refused', () => {
  for (const text of [
    '',
    '10',
    's',
    '10 sec',
    '10S',
    '1__0s',
    'NaNs',
    'Infinitys',
    '1e999s',
    '10s5',
    '0x10s',
    'constructor',
    '1__proto__',
  ]) {
    assert.equal(parseDurationNs(text), null, text);
  }
});

test('sizes tell decimal from binary units', () => {
  assert.deepEqual(['1kB', '1KB', '1KiB', '1MB', '1MiB', '1GB', '1GiB', '512B'].map(parseBytes), [
    1e3,
    1e3,
    1024,
    1e6,
    1024 ** 2,
    1e9,
    1024 ** 3,
    512,
  ]);
  for (const text of ['1', '1K', '1kb', '1b', 'B']) assert.equal(parseBytes(text), null, text);
});

test('rates are read per second whatever their period', () => {
  assert.deepEqual(
    ['400/s', '5k/s', '300/min', '300/m', '3600/h', '1.5M/s'].map(parseRatePerSecond),
    [400, 5000, 5, 5, 1, 1.5e6],
  );
  for (const text of ['400', '400/', '/s', '400/d', '400/s/s', '4 4/s'])
    assert.equal(parseRatePerSecond(text), null, text);
});

test('a ratio is a percentage or a plain number', () => {
  assert.equal(parseRatio('80%'), 0.8);
  assert.equal(parseRatio('0.8'), 0.8);
  assert.equal(parseRatio('80 percent'), null);
});

test('what is printed reads back as the same quantity to three digits', () => {
  const pairs = [
    [formatDurationNs, parseDurationNs, fc.integer({ min: 1, max: 3.6e12 })],
    [formatBytes, parseBytes, fc.integer({ min: 1, max: 2 ** 40 })],
    [formatCount, parseCount, fc.integer({ min: 1, max: 1e12 })],
    [formatRatio, parseRatio, fc.double({ min: 1e-6, max: 10, noNaN: true })],
  ] as const;
  for (const [format, parse, values] of pairs) {
    fc.assert(
      fc.property(values, (value) => {
        const back = parse(format(value));
        assert.ok(
          back !== null &&
            Math.abs(back - value) <=
              Math.max(0.0051 * value, 0.5 * Number(format === formatDurationNs || format === formatBytes)),
          `${value} -> ${format(value)} -> ${back}`,
        );
      }),
      { numRuns: 300 },
    );
  }
});

test('a larger value never prints as a smaller one', () => {
  for (const [format, parse] of [
    [formatDurationNs, parseDurationNs],
    [formatBytes, parseBytes],
    [formatCount, parseCount],
  ] as const) {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 0, max: 1e12 }), (a, b) => {
        const [small, large] = a < b ? [a, b] : [b, a];
        assert.ok((parse(format(small)) ?? NaN) <= (parse(format(large)) ?? NaN));
      }),
      { numRuns: 300 },
    );
  }
});

test('any text is a quantity or null, never an exception, and a number splits from its unit', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const parse of [parseDurationNs, parseBytes, parseCount, parseRatePerSecond, parseRatio]) {
        const value = parse(text);
        assert.ok(value === null || Number.isFinite(value));
      }
    }),
    { numRuns: 300 },
  );
  assert.deepEqual(splitQuantity('-1.5e3 ms'), { number: -1500, unit: 'ms' });
});
