import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStartGate } from '../../../src/load/thread/start-gate.ts';

test('a phase begins once, when every thread that is left is ready for it', () => {
  const begun: number[] = [];
  const gate = createStartGate(3, (phase) => begun.push(phase));
  gate.ready(2, 0);
  gate.ready(0, 0);
  assert.deepEqual(begun, []);
  gate.ready(1, 0);
  assert.deepEqual(begun, [0]);
  gate.ready(0, 2);
  gate.ready(1, 2);
  assert.deepEqual(begun, [0]);
  gate.gone(2);
  assert.deepEqual(begun, [0, 2]);
  gate.gone(0);
  gate.ready(1, 3);
  gate.gone(1);
  assert.deepEqual(begun, [0, 2, 3]);
});
