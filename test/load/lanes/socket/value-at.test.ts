import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valueAt } from '../../../../src/load/lanes/socket/value-at.ts';

function at(text: string, path: readonly (string | number | null)[]): unknown {
  return valueAt(Buffer.from(text), path);
}

test('a value is found by names and indexes, from either end', () => {
  assert.equal(at('{"type":"reply","items":[{"id":1},{"id":"b"}]}', ['items', -1, 'id']), 'b');
  assert.equal(at('{"pong":12}', ['pong']), 12);
  assert.equal(at('7', []), 7);
});

test('a message that has no such value, or is no JSON, has none', () => {
  for (const text of ['', 'pong', '{"pong"', '{"other":1}', '[1]', '\u0000\u00ff'])
    assert.equal(at(text, ['pong']), undefined, text);
});
