import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { Operation } from '../../../src/bench/subjects/driver.ts';
import { RoundRecorder } from '../../../src/bench/record/recorder.ts';
import { Users } from '../../../src/bench/samplers/users.ts';

const never = new AbortController().signal;

/** Operations that each take `costNs` of a clock that only they move, and give a promise. */
function setUp(operation: (tick: () => void) => Operation, concurrency: number, costNs = 1_000) {
  let time = 0;
  const tick = (): void => {
    time += costNs;
  };
  const recorder = new RoundRecorder(['run'], false);
  const schedule = { names: ['run'], operations: [operation(tick)], choice: new Uint8Array(1) };
  return { recorder, users: new Users(schedule, recorder, () => time, concurrency) };
}

test('exactly so many operations are in flight at once, and all that end are counted', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 8 }),
      async (concurrency, slices) => {
        let inFlight = 0;
        let most = 0;
        let ended = 0;
        const { users, recorder } = setUp(
          (tick) => async () => {
            most = Math.max(most, ++inFlight);
            await null;
            await null;
            tick();
            inFlight--;
            ended++;
          },
          concurrency,
        );
        let counted = 0;
        for (let slice = 0; slice < slices; slice++) counted += (await users.slice(50_000, never)).completed;
        counted += await users.stop(1_000, never);
        assert.equal(most, concurrency);
        assert.equal(inFlight, 0);
        assert.equal(counted, ended);
        assert.equal(recorder.durations[0]?.count, ended);
        recorder.destroy();
      },
    ),
    { numRuns: 60 },
  );
});

test('the time of all slices together is the time that passed', async () => {
  const { users, recorder } = setUp(
    (tick) => async () => {
      await null;
      tick();
    },
    3,
  );
  let elapsedNs = 0;
  let completed = 0;
  for (let slice = 0; slice < 10; slice++) {
    const part = await users.slice(20_000, never);
    elapsedNs += part.elapsedNs;
    completed += part.completed;
  }
  assert.equal(elapsedNs, completed * 1_000);
  await users.stop(1_000, never);
  recorder.destroy();
});

test('one call in `stride` is timed, and all are counted', async () => {
  const { users, recorder } = setUp(
    (tick) => async () => {
      await null;
      tick();
    },
    1,
  );
  users.stride = 7;
  const { completed } = await users.slice(1_000_000, never);
  const late = await users.stop(1_000, never);
  const timed = recorder.durations[0]?.count ?? 0;
  assert.ok(Math.abs(timed - (completed + late) / 7) <= 1, `${timed} of ${completed}`);
  recorder.destroy();
});

test('thenables are awaited and rejections counted', async () => {
  let call = 0;
  const { users, recorder } = setUp(
    (tick) => () => ({
      then(resolve: (value: number) => void, reject: (error: Error) => void) {
        tick();
        if (call++ % 2 === 0) resolve(1);
        else reject(new RangeError('odd'));
      },
    }),
    2,
  );
  const { completed } = await users.slice(50_000, never);
  const late = await users.stop(1_000, never);
  assert.equal(recorder.durations[0]?.count, completed + late);
  assert.equal(recorder.errors.total + completed + late, call);
  assert.deepEqual(
    recorder.errorSlices().map(({ class: name }) => name),
    ['RangeError'],
  );
  recorder.destroy();
});

test('operations that throw at once do not run for ever', async () => {
  const { users, recorder } = setUp(
    (tick) => () => {
      tick();
      throw new TypeError('no');
    },
    2,
  );
  const { completed } = await users.slice(50_000, never);
  assert.equal(completed, 0);
  assert.ok(recorder.errors.total >= 50);
  await users.stop(1_000, never);
  recorder.destroy();
});

test('an operation that never ends is censored when the run is aborted', async () => {
  const { users, recorder } = setUp(() => () => new Promise(() => undefined), 3);
  const abort = new AbortController();
  const slice = users.slice(1e9, abort.signal);
  await turn();
  abort.abort();
  assert.equal((await slice).completed, 0);
  await users.stop(1e9, abort.signal);
  const [durations] = recorder.histogramSlices(null);
  assert.ok(durations && durations.censored.length > 0);
  recorder.destroy();
});
