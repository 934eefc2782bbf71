import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { joinTags, splitTags } from '../../../../src/components/cache/levels/tagged-bytes.ts';

test('what is joined splits into the same value and tags', () => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string())),
      (value, tags) => {
        const split = splitTags(joinTags(value, tags));
        assert.deepEqual(split?.value, Buffer.from(value));
        assert.deepEqual(split?.tags, tags);
      },
    ),
    { numRuns: 200 },
  );
});

test('other bytes are no value, whatever they are', () => {
  const joined = joinTags(Buffer.from('value'), [['tag', 'version']]);
  assert.equal(splitTags(Buffer.alloc(0)), undefined);
  assert.equal(splitTags(Buffer.from('{"a":1}')), undefined);
  for (let length = 1; length < joined.length - 5; length++)
    assert.equal(splitTags(joined.subarray(0, length)), undefined, `cut at ${length}`);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      const split = splitTags(Buffer.from(bytes));
      if (split !== undefined) assert.ok(split.value.length < bytes.length);
    }),
    { numRuns: 300 },
  );
});
