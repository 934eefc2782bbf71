import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findJson, jsonAt } from '../../../src/load/flows/reply/find-json.ts';
import { formatJsonPath, parseJsonPath } from '../../../src/model/json-path.ts';
import type { JsonPath } from '../../../src/model/exchange-plan.ts';

function read(text: string, path: string): unknown {
  const bytes = Buffer.from(text);
  const parsed = parseJsonPath(path);
  assert.ok(parsed !== null, path);
  const range = findJson(bytes, parsed);
  return range === null ? undefined : jsonAt(bytes, range);
}

test('names, indexes from either end and odd names lead to a value', () => {
  const text = '{"a b":{"c":[1,2,{"d":"x"}]},"e":null,"f":[]}';
  assert.equal(read(text, '$["a b"].c[2].d'), 'x');
  assert.equal(read(text, "$['a b'].c[-2]"), 2);
  assert.equal(read(text, '$.e'), null);
  assert.deepEqual(read(text, '$.f'), []);
  assert.equal(read(text, '$.f[0]'), undefined);
  assert.equal(read(text, '$.f[-1]'), undefined);
  assert.equal(read(text, '$.a'), undefined);
  assert.deepEqual(read(' [1] ', '$'), [1]);
});

test('a wildcard is the first element in which the rest is found', () => {
  assert.equal(read('[{"x":1},{"id":2},{"id":3}]', '$[*].id'), 2);
  assert.equal(read('{"a":{"x":1},"b":{"id":{"n":7}}}', '$.*.id[*]'), 7);
  assert.equal(read('[]', '$[*]'), undefined);
});

test('escaped names and a byte order mark are read as what they mean', () => {
  assert.equal(read('{"\\u0061\\n":1}', '$["a\\\n"]'), 1);
  assert.equal(read('\ufeff{"ü":2}', '$.ü'), 2);
});

// no name that is one backslash: after it has seen one, JSON.parse of V8 13.6 reads the name `"\""` as it, too
const names = ['a', 'b', 'é', '"', 'a\\b'];
const segment = fc.oneof(fc.constantFrom(...names), fc.integer({ min: -3, max: 3 }));
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: 'binary' }),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names, ''), tie('value'), { maxKeys: 4 }),
  ),
})).value;

function lookUp(root: unknown, path: readonly (string | number)[]): unknown {
  let at: unknown = root;
  for (const part of path) {
    if (Array.isArray(at) && typeof part === 'number') at = at.at(part);
    else if (typeof at === 'object' && at !== null && !Array.isArray(at) && typeof part === 'string')
      at = Object.hasOwn(at, part) ? Reflect.get(at, part) : undefined;
    else return undefined;
  }
  return at;
}

test('finds what JSON.parse and walking find, however the text is spaced', () => {
  fc.assert(
    fc.property(value, fc.array(segment, { maxLength: 4 }), fc.nat(3), (root, path, indent) => {
      const text = JSON.stringify(root, null, indent);
      const bytes = Buffer.from(text);
      const range = findJson(bytes, path);
      const found = range === null ? undefined : jsonAt(bytes, range);
      const expected = lookUp(JSON.parse(text), path);
      assert.deepEqual(found, expected);
      assert.deepEqual(parseJsonPath(formatJsonPath(path)), path);
    }),
    { numRuns: 300 },
  );
});

test('accepts as a whole exactly what JSON.parse accepts', () => {
  const pieces = fc.array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"\\u00"',
      '1',
      '-',
      '0',
      '.5',
      'e+1',
      'true',
      'nul',
      ' ',
      '\n',
      '"\t"',
    ),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        pieces.map((list) => list.join('')),
        fc.json({ maxDepth: 2 }),
      ),
      (text) => {
        const bytes = Buffer.from(text);
        const all: JsonPath = [];
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        let found = true;
        try {
          const range = findJson(bytes, all);
          // what follows the value is not looked at
          found = range !== null && text.slice(range.end).trim() === '';
          if (range !== null && !found) JSON.parse(text.slice(0, range.end));
        } catch {
          found = false;
        }
        assert.equal(found, isJson, text);
      },
    ),
    { numRuns: 300 },
  );
});

test('millions of brackets are refused and cost no memory', () => {
  const deep = Buffer.alloc(8_000_000, '[');
  const before = process.memoryUsage().heapUsed;
  assert.throws(() => findJson(deep, ['a']), /nested deeper than 512/);
  assert.throws(() => findJson(Buffer.alloc(1_000_000, '{"a":'), ['b']), /nested deeper than 512/);
  assert.ok(process.memoryUsage().heapUsed - before < 20e6);
});

test('what is no path is told apart from what is', () => {
  for (const text of ['', 'a', '$a', '$.', '$.a b', '$[', '$[1', '$[1.5]', '$["a]', '$..a', '$[?a]']) {
    assert.equal(parseJsonPath(text), null, text);
  }
});
