import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepsAwake } from '../../../src/load/engine/keeps-awake.ts';
import { flow, limits, loadPlan, phase, step } from '../plans.ts';

const closed = phase({ name: 'users', flows: ['get'] });
const open = phase({
  name: 'rate',
  flows: ['get'],
  arrivals: { model: 'open', ratePerSecond: 10, spacing: 'uniform' },
});

test('a closed phase by itself leaves the thread to sleep', () => {
  assert.equal(keepsAwake(loadPlan({ phases: [closed, open] }), closed), false);
});

test('a phase at a rate keeps the thread awake, and those beside it', () => {
  const beside = { ...open, with: { phase: 'users', toItsEnd: false } };
  const plan = loadPlan({ phases: [closed, beside] });
  assert.equal(keepsAwake(plan, closed), true);
  assert.equal(keepsAwake(plan, beside), true);
});

test('users who think keep it awake', () => {
  const thinking = flow([step({ think: { kind: 'exponential', meanNs: 1e9 } })]);
  assert.equal(keepsAwake(loadPlan({ phases: [closed], flows: [thinking] }), closed), true);
});

test('nothing does with timers alone', () => {
  const plan = loadPlan({ phases: [open], limits: { ...limits, pacing: 'eco' } });
  assert.equal(keepsAwake(plan, open), false);
});
