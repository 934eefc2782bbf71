import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ErrorTally } from '../../../src/bench/record/error-tally.ts';

test('counts by class and operation, with the first message as the example', () => {
  const tally = new ErrorTally();
  tally.add(new TypeError('first'), 'get');
  tally.add(new TypeError('second'), 'get');
  tally.add(new RangeError('other'), 'set');
  assert.equal(tally.total, 3);
  assert.deepEqual(tally.slices(true), [
    { class: 'TypeError', tags: { op: 'get' }, count: 2, example: 'first' },
    { class: 'RangeError', tags: { op: 'set' }, count: 1, example: 'other' },
  ]);
  assert.deepEqual(tally.slices(false)[0]?.tags, {});
});

test('names what is thrown though it is no error', () => {
  const tally = new ErrorTally();
  for (const thrown of ['text', 5, null, undefined, Symbol('s'), Object.create(null)])
    tally.add(thrown, 'run');
  const classes = tally.slices(false).map(({ class: name }) => name);
  assert.deepEqual(classes, [
    'thrown string',
    'thrown number',
    'thrown null',
    'thrown undefined',
    'thrown symbol',
    'thrown object',
  ]);
});

test('an example is short and has no control characters', () => {
  const tally = new ErrorTally();
  tally.add(new Error(`red \u001b[31m text\n${'x'.repeat(1_000)}`), 'run');
  const [{ example } = { example: '' }] = tally.slices(false);
  assert.ok(example.length <= 300);
  assert.match(example, /^red \[31m text x+$/);
});

test('any number of classes takes a bounded space and loses no count', () => {
  const tally = new ErrorTally();
  for (let index = 0; index < 1_000; index++) {
    const error = new Error('e');
    error.name = `E${index}`;
    tally.add(error, 'run');
  }
  const slices = tally.slices(false);
  assert.ok(slices.length <= 51);
  assert.equal(
    slices.reduce((sum, { count }) => sum + count, 0),
    1_000,
  );
  tally.reset();
  assert.deepEqual([tally.total, tally.slices(false)], [0, []]);
});
