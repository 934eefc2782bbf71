import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveModel } from '../../../src/cli/live/live-state.ts';
import { planWith } from '../../run/log/logged-runs.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';
import { figures, liveTarget } from './states.ts';

function start(plans = [planWith()]): { model: LiveModel; clock: VirtualClock } {
  const clock = new VirtualClock();
  const model = new LiveModel(plans, clock.nowNs);
  model.next();
  return { model, clock };
}

test('a later state of a slice takes the place of the one before', () => {
  const { model } = start();
  model.figures(figures({ slice: 1, succeeded: 10, failed: 1 }));
  model.figures(figures({ slice: 2, succeeded: 10 }));
  model.figures(figures({ slice: 2, succeeded: 30 }));
  const { slices, succeeded, failed } = model.state();
  assert.deepEqual([slices.length, succeeded, failed], [2, 40, 1]);
});

test('what was counted in the warm-up is left out, as in the result', () => {
  const { model } = start();
  model.figures(figures({ slice: 1, succeeded: 1000, measured: false }));
  assert.equal(model.state().succeeded, 1000);
  model.figures(figures({ slice: 2, succeeded: 10 }));
  assert.deepEqual([model.state().succeeded, model.state().slices.length], [10, 1]);
});

test('errors add up by class, and the classes are bounded', () => {
  const { model } = start();
  for (let slice = 0; slice < 100; slice++) {
    const errors = [
      { class: 'timeout', count: 2, example: `at ${slice}` },
      { class: `made up ${slice}`, count: 1, example: '' },
    ];
    model.figures(figures({ slice, errors }));
    model.state();
  }
  const { errors } = model.state();
  assert.deepEqual(errors[0], { class: 'timeout', count: 200, example: 'at 0' });
  assert.ok(errors.length <= 52);
  assert.equal(
    errors.reduce((sum, { count }) => sum + count, 0),
    300,
  );
});

test('the ETA is the plan at first, then the pace so far', async () => {
  const { model, clock } = start([planWith(), planWith()]);
  assert.deepEqual([model.state().etaNs, model.state().done], [20e9, 0]);
  await clock.advance(1000);
  assert.equal(model.state().etaNs, 19e9);
  model.progress({ done: 0.5, label: 'half' });
  await clock.advance(9000);
  assert.deepEqual([model.state().done, model.state().etaNs], [0.25, 30e9]);
  model.next();
  assert.deepEqual([model.state().part, model.state().done, model.state().label], [2, 0.5, '']);
});

test('a new scenario starts with an empty state', () => {
  const { model } = start([planWith(), planWith()]);
  model.figures(figures({ slice: 1, errors: [{ class: 'x', count: 1, example: '' }] }));
  model.targets([liveTarget('errors rate < 1%', 'fails', 1)]);
  model.next();
  const { slices, succeeded, errors, targets } = model.state();
  assert.deepEqual([slices, succeeded, errors, targets], [[], 0, [], []]);
});

test('the history is bounded', () => {
  const { model } = start();
  for (let slice = 0; slice < 2000; slice++) model.figures(figures({ slice, succeeded: 1 }));
  assert.ok(model.state().slices.length <= 600);
  assert.equal(model.state().succeeded, 2000);
});

test('the chart starts anew with each variant, and what was counted stays', () => {
  const { model } = start();
  model.figures(figures({ slice: 1, succeeded: 1000, measured: false, segment: 'on 1' }));
  model.figures(figures({ slice: 2, succeeded: 10, segment: 'on 1' }));
  model.figures(figures({ slice: 3, succeeded: 500, measured: false, segment: 'off 1' }));
  assert.equal(model.state().slices.length, 1);
  model.figures(figures({ slice: 4, succeeded: 20, segment: 'off 1' }));
  model.figures(figures({ slice: 5, succeeded: 20, segment: 'off 1' }));
  assert.deepEqual([model.state().succeeded, model.state().slices.length], [50, 2]);
  model.figures(figures({ slice: 6, succeeded: 5, segment: 'on 2' }));
  assert.deepEqual([model.state().succeeded, model.state().slices.length], [55, 1]);
});
