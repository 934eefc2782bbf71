import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseExposition } from '../../../src/run/server/parse-exposition.ts';

test('reads types, labels with escapes, timestamps, exemplars and special numbers', () => {
  const page = parseExposition(
    [
      '# HELP a_total what it counts',
      '# TYPE a_total counter',
      'a_total{path="C:\\\\x",say="\\"hi\\"\\n"} 1.5e3 1700000000000',
      'b{} -Inf',
      ' c NaN',
      'd_bucket{le="0.1",} 3 # {trace_id="1"} 0.05 1.7',
      '',
      '# EOF',
    ].join('\r\n'),
  );
  assert.deepEqual([...page.types], [['a_total', 'counter']]);
  assert.deepEqual(page.samples, [
    { name: 'a_total', labels: { path: 'C:\\x', say: '"hi"\n' }, value: 1500 },
    { name: 'b', labels: {}, value: -Infinity },
    { name: 'c', labels: {}, value: Number.NaN },
    { name: 'd_bucket', labels: { le: '0.1' }, value: 3 },
  ]);
});

for (const [what, line, message] of [
  [
    'a page that is HTML',
    '<!doctype html>',
    /^line 1: expected the name of a metric, got "<!doctype html>"$/,
  ],
  ['a line without value', 'a', /expected a number/],
  ['a value that is no number', 'a 0x1f', /expected a number/],
  ['text behind the value', 'a 1 2 3', /expected a timestamp or the end/],
  ['a label without quotes', 'a{b=c} 1', /expected a value in quotes/],
  ['a label twice', 'a{b="1",b="2"} 1', /each label once/],
  ['labels that do not end', 'a{b="1" 1', /expected "," or "}"/],
  ['a line that is too long', `a{b="${'x'.repeat(20_000)}"} 1`, /at most 16384 characters/],
  ['more lines than a server has', 'a 1\n'.repeat(100_001), /at most 100000 lines/],
] as const)
  test(`refuses ${what}`, () => {
    assert.throws(() => parseExposition(line), { name: 'SyntaxError', message });
  });

test('what is printed by the rules is read back, whatever is in the labels', () => {
  const label = fc.stringMatching(/^[A-Za-z_]\w{0,8}$/);
  const labels = fc.dictionary(label, fc.string({ maxLength: 20, unit: 'grapheme' }), { maxKeys: 4 });
  fc.assert(
    fc.property(labels, fc.double({ noNaN: true }), (given, value) => {
      const text = Object.entries(given)
        .map(([key, one]) => `${key}="${one.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`)
        .join(',');
      const shown = value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value);
      const [sample] = parseExposition(`m{${text}} ${shown}\n`).samples;
      assert.deepEqual({ ...sample?.labels }, { ...given });
      assert.equal(sample?.value, Number(String(value)));
    }),
    { numRuns: 200 },
  );
});

test('any text is either read or refused with its line, in no other way', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60, unit: 'binary' }), (text) => {
      try {
        parseExposition(`ok 1\n${text}`);
      } catch (error) {
        assert.ok(error instanceof SyntaxError && /^line \d+: /.test(error.message));
      }
    }),
    { numRuns: 300 },
  );
});
