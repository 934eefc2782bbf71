import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeOutcomes } from '../../../src/run/variants/merge-outcomes.ts';
import type { Validity } from '../../../src/model/result.ts';

function merge(validities: readonly Validity[]): Validity {
  const segments = validities.map((validity, index) => ({
    label: `on round ${index + 1}`,
    outcome: { complete: true, validity },
  }));
  return mergeOutcomes(segments, true).validity;
}

test('the worst segment counts, and its reasons say which one it is', () => {
  assert.deepEqual(
    merge([
      { state: 'valid', reasons: [] },
      { state: 'suspect', reasons: ['late'] },
      { state: 'invalid', reasons: ['late', 'dropped'], limit: 'generator' },
    ]),
    {
      state: 'invalid',
      reasons: ['on round 2, on round 3: late', 'on round 3: dropped'],
      limit: 'generator',
    },
  );
});

test('what is said of all segments is said once', () => {
  const said: Validity = { state: 'valid', reasons: [], notes: ['not verified'] };
  assert.deepEqual(merge([said, said]), { state: 'valid', reasons: [], notes: ['not verified'] });
});
