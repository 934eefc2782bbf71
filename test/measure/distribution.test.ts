import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Distribution } from '../../src/measure/distribution.ts';
import { encode, range } from '../helpers/results.ts';

function distribution(values: readonly number[], censored: readonly number[] = []): Distribution {
  const out = new Distribution();
  out.addSlice({ data: encode(values), censored: encode(censored) });
  return out;
}

test('a censored sample ranks above every success, however little of it was seen', () => {
  const cut = distribution(
    range(90, () => 1e6),
    range(10, () => 10),
  );
  assert.equal(cut.count, 100);
  assert.equal(cut.valueAt(90).bounded, false);
  assert.equal(cut.valueAt(91).bounded, true);
  assert.ok(cut.valueAt(91).value >= 1e6);
  assert.equal(cut.max.bounded, true);
  assert.equal(cut.mean.bounded, true);
});

test('a percentile among the censored is at least what was seen of it', () => {
  const cut = distribution([1e6], [5e9, 5e9, 5e9]);
  assert.deepEqual([cut.valueAt(50).bounded, cut.valueAt(50).value >= 5e9], [true, true]);
});

test('cutting operations short never lowers a percentile', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 50 }),
      fc.nat(49),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 99 }),
      (values, cutAt, part, percentile) => {
        const true_ = distribution(values);
        const index = cutAt % values.length;
        const seen = distribution(values.toSpliced(index, 1), [Math.ceil((values[index] ?? 1) * part)]);
        const reading = seen.valueAt(percentile);
        if (!reading.bounded) assert.ok(reading.value >= true_.valueAt(percentile).value * 0.999);
        true_.destroy();
        seen.destroy();
      },
    ),
    { numRuns: 100 },
  );
});

test('an empty distribution reads as zeros', () => {
  const empty = new Distribution();
  assert.deepEqual([empty.count, empty.valueAt(99).value, empty.mean.value, empty.max.value], [0, 0, 0, 0]);
});
