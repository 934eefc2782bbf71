import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createPatternMatcher } from '../../../src/load/flows/reply/match-pattern.ts';
import { PatternError, parsePattern } from '../../../src/model/pattern.ts';

test('finds the first group, or the whole match', () => {
  assert.equal(
    createPatternMatcher('name="csrf" value="([^"]+)"')('<input name="csrf" value="a1b2">'),
    'a1b2',
  );
  assert.equal(createPatternMatcher('\\d+')('abc 42 7'), '42');
  assert.equal(createPatternMatcher('(?:x)?(\\w+?)-')('x12-3'), '12');
  assert.equal(createPatternMatcher('^ab$')('ab\n'), null);
  assert.equal(createPatternMatcher('(?i)JSON')('application/Json'), 'Json');
  assert.equal(createPatternMatcher('\\bfoo\\b')('food foo'), 'foo');
  assert.equal(createPatternMatcher('a{2,3}')('caaaa'), 'aaa');
});

/** Patterns in which nothing that is repeated can be empty: there engines differ in what a group holds. */
const patterns = fc.letrec<{ item: string; list: string; pattern: string }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      'a',
      'b',
      'c',
      '.',
      '\\d',
      '\\w',
      '\\s',
      '\\W',
      '[ab]',
      '[^a]',
      '[a-c1]',
      '\\.',
      'é',
      '\\x61',
      '\\u0062',
    ),
    fc.tuple(tie('list'), tie('list')).map(([left, right]) => `(?:${left}|${right})`),
    fc
      .tuple(tie('item'), fc.constantFrom('+', '+?', '{2}', '{1,2}', '{2,}?'))
      .map(([item, times]) => `(?:${item})${times}`),
  ),
  list: fc.array(tie('item'), { minLength: 1, maxLength: 3 }).map((items) => items.join('')),
  pattern: fc
    .tuple(
      fc.constantFrom('', '^', '\\b'),
      tie('list'),
      fc.constantFrom('', '?', '*', '*?', '??'),
      tie('list'),
      fc.constantFrom('', '$', '\\b', '\\B'),
    )
    .map(([start, first, times, group, end]) => `${start}(?:${first})${times}(${group})${end}`),
}));

test('finds what the built-in engine finds', () => {
  const texts = fc.string({
    unit: fc.constantFrom('a', 'b', 'c', '1', '.', ' ', '\n', 'é', 'A'),
    maxLength: 12,
  });
  fc.assert(
    fc.property(
      patterns.pattern,
      fc.array(texts, { minLength: 3, maxLength: 3 }),
      fc.boolean(),
      (pattern, list, ignoreCase) => {
        const match = createPatternMatcher(`${ignoreCase ? '(?i)' : ''}${pattern}`);
        const native = new RegExp(pattern, ignoreCase ? 'i' : '');
        for (const text of list)
          assert.equal(match(text), native.exec(text)?.[1] ?? null, `${pattern} on ${JSON.stringify(text)}`);
      },
    ),
    { numRuns: 300 },
  );
});

test('patterns that take a backtracking engine forever take a moment', () => {
  const text = `${'a'.repeat(50_000)}!`;
  for (const pattern of ['(a+)+$', '(a|aa)+$', '(.*)*x$', 'a*a*a*a*a*b'])
    assert.equal(createPatternMatcher(pattern)(text), null);
});

test('what is not possible in linear time, or at all, is refused with its place', () => {
  const refused: readonly [string, RegExp, number][] = [
    ['(a)\\1', /back-references/, 4],
    ['a(?=b)', /look-around/, 3],
    ['(?<!b)a', /look-around/, 2],
    ['a(', /"\)" is missing/, 2],
    ['a)', /without/, 1],
    ['*a', /nothing to repeat/, 0],
    ['a**', /nothing to repeat/, 2],
    ['[a', /"\]" is missing/, 2],
    ['[z-a]', /range/, 4],
    ['\\q', /unknown escape/, 1],
    ['a{2000}', /counts up to 1000/, 1],
  ];
  for (const [pattern, message, offset] of refused) {
    assert.throws(
      () => parsePattern(pattern),
      (error) => error instanceof PatternError && message.test(error.message) && error.offset === offset,
      pattern,
    );
  }
  assert.throws(() => createPatternMatcher('((a{100}){100})'), /multiply to too much/);
  assert.throws(() => parsePattern(`${'('.repeat(60)}a${')'.repeat(60)}`), /nested deeper/);
});

test('whatever is written as a pattern is compiled or refused', () => {
  const noise = fc.string({
    unit: fc.constantFrom(...Array.from('ab()[]{}|*+?.^$\\,-01:<>dwsbx')),
    maxLength: 12,
  });
  fc.assert(
    fc.property(noise, (pattern) => {
      try {
        createPatternMatcher(pattern)('abba 01');
      } catch (error) {
        assert.ok(error instanceof PatternError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});
