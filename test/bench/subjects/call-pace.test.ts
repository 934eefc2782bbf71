import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCallPace } from '../../../src/bench/subjects/call-pace.ts';

test('tells the time from call to call of the later calls, whatever the first ones took', () => {
  let ns = 0;
  const pace = createCallPace(1, () => ns);
  for (let call = 0; call < 1000; call++) {
    ns += call < 200 ? 50_000 : 1000;
    pace.called();
  }
  assert.equal(pace.gapNs(), 1000);
});

test('bursts count with the pauses between them', () => {
  let ns = 0;
  const pace = createCallPace(100, () => ns);
  for (let call = 0; call < 20_000; call++) {
    if (call % 100 === 0) ns += 100_000;
    pace.called();
  }
  assert.ok(Math.abs((pace.gapNs() ?? NaN) - 1000) < 100);
});

test('says nothing of a few calls', () => {
  const pace = createCallPace(1, () => 0);
  for (let call = 0; call < 10; call++) pace.called();
  assert.equal(pace.gapNs(), null);
});
