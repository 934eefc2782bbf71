import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flowChooser } from '../../../src/load/flows/choose-flow.ts';
import { flow, loadPlan, phase, step } from '../plans.ts';

const plan = loadPlan({
  phases: [phase({ name: 'p', flows: ['a', 'c'] }), phase({ name: 'q', flows: ['b'] })],
  flows: [flow([step({ name: 'a' })], 3), flow([step({ name: 'b' })], 5), flow([step({ name: 'c' })], 1)],
});

test('a phase chooses among its own flows, by weight, over users as over the flows of one', () => {
  const choose = flowChooser(plan, plan.phases[0]!);
  for (const draw of [(n: number) => choose(n, 0), (n: number) => choose(4, n)]) {
    const counts = [0, 0, 0];
    for (let n = 0; n < 20_000; n++) counts[draw(n)] = (counts[draw(n)] ?? 0) + 1;
    assert.equal(counts[1], 0);
    // the standard error of the share is 0.3 %
    assert.ok(Math.abs((counts[2] ?? 0) / 20_000 - 0.25) < 0.012, counts.join(' '));
  }
});

test('one flow needs no drawing', () => {
  assert.equal(flowChooser(plan, plan.phases[1]!)(17, 3), 1);
});
