import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createLineTail } from '../../../src/bench/rounds/line-tail.ts';

test('passes everything on and keeps the last lines, without stacks and control characters', () => {
  const written: Buffer[] = [];
  const tail = createLineTail({ write: (chunk) => written.push(chunk) });
  const text =
    'one\ntwo\r\nthree\nfour\n\nfive\u001b[1m\nError: six\n    at file.ts:1:1\n\nNode.js v24.0.0\n';
  for (const byte of Buffer.from(text)) tail.add(Buffer.from([byte]));
  assert.equal(Buffer.concat(written).toString(), text);
  assert.deepEqual(tail.lines(), ['two', 'three', 'four', 'five [1m', 'Error: six']);
});

test('remembers a bounded amount', () => {
  const tail = createLineTail({ write: () => true });
  for (let index = 0; index < 1_000; index++) tail.add(Buffer.alloc(10_000, 'x'));
  assert.ok(tail.lines().join('').length <= 300);
});
