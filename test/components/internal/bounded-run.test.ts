import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundedRun } from '../../../src/components/internal/bounded-run.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

function setUp<T>(work: (signal: AbortSignal) => T | PromiseLike<T>, timeoutMs = 10) {
  const clock = new VirtualClock();
  const late: T[] = [];
  const run = boundedRun(work, {
    timeoutMs,
    timers: clock,
    timeoutError: () => new Error('took too long'),
    onLate: (value) => late.push(value),
  });
  return { clock, late, run };
}

test('passes on the value or the error, and leaves no timer behind', async () => {
  const good = setUp(() => 1);
  assert.equal(await good.run.result, 1);
  assert.equal(good.clock.pending.length, 0);
  const bad = setUp(() => {
    throw new RangeError('at once');
  });
  await assert.rejects(bad.run.result, RangeError);
  assert.equal(bad.clock.pending.length, 0);
});

test('at the time-out rejects, aborts the signal, and takes the value that comes late', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  let aborted: unknown = null;
  const { clock, late, run } = setUp((signal) => {
    signal.addEventListener('abort', () => (aborted = signal.reason));
    return promise;
  });
  const rejected = assert.rejects(run.result, /took too long/);
  await clock.advance(10);
  await rejected;
  assert.ok(aborted instanceof Error);
  resolve('late');
  await clock.settle();
  assert.deepEqual(late, ['late']);
});

test('drops an error that comes late', async () => {
  const { promise, reject } = Promise.withResolvers<string>();
  const { clock, late, run } = setUp(() => promise);
  const rejected = assert.rejects(run.result, /took too long/);
  await clock.advance(10);
  await rejected;
  reject(new Error('late'));
  await clock.settle();
  assert.deepEqual(late, []);
});

test('does not start work that was aborted before', async () => {
  const { clock, run } = setUp(() => assert.fail('must not run'));
  const rejected = assert.rejects(run.result, /not needed/);
  run.abort(new Error('not needed'));
  run.abort(new Error('again'));
  await rejected;
  await clock.advance(100);
  assert.equal(clock.pending.length, 0);
});

test('waits for ever when the time-out is 0', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const { clock, run } = setUp(() => promise, 0);
  await clock.advance(1e9);
  resolve('at last');
  assert.equal(await run.result, 'at last');
});
