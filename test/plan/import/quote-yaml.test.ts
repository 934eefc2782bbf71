import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { quoteYaml } from '../../../src/plan/import/quote-yaml.ts';

test('any text is read back as it was, and stays on its line', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.string({
      unit: fc.constantFrom(
        '- ',
        '? ',
        '[',
        ']',
        '{',
        '}',
        '#',
        ': ',
        '"',
        '\\',
        '\n',
        '\u2028',
        '\ufeff',
        '\u0085',
        '$',
        'a',
      ),
      maxLength: 300,
    }),
    fc.constantFrom(
      'null',
      'True',
      'no',
      '~',
      '',
      '1',
      '0x1f',
      '1e5',
      '2026-01-01',
      '<<',
      '/plain/path',
      'a-b.c',
    ),
  );
  fc.assert(
    fc.property(text, (value) => {
      const quoted = quoteYaml(value);
      assert.equal(parse(`a: ${quoted}\n`).a, value);
      assert.doesNotMatch(quoted, /[\n\r\u2028\u2029\u0085]|(?:[-?] ){64}/);
    }),
    { numRuns: 300 },
  );
});
