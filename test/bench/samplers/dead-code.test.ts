import { test } from 'node:test';
import assert from 'node:assert/strict';
import { findDeadCode } from '../../../src/bench/samplers/dead-code.ts';
import type { Operation } from '../../../src/bench/subjects/driver.ts';
import { loadLoops } from '../../../src/bench/samplers/load-loops.ts';
import { createResults } from '../../../src/bench/rounds/results.ts';
import { nowNs } from '../../../src/measure/clock.ts';
import type { Clock } from '../../../src/measure/clock.ts';

async function check(operations: readonly Operation[], now: Clock, batch: number): Promise<string | null> {
  const loops = await loadLoops();
  const choice =
    operations.length === 1
      ? new Uint8Array(1)
      : Uint8Array.from({ length: 65_536 }, (_, index) => index % operations.length);
  const schedule = { names: operations.map((_, id) => `op${id}`), operations, choice };
  const results = createResults();
  const onError = (error: unknown): void => assert.fail(String(error));
  for (let index = 0; index < 10; index++) loops.runBatch(schedule, 0, batch, results, onError);
  return findDeadCode({ loops, schedule, start: 0, batch, results, now, onError });
}

test('an empty function is flagged', async () => {
  assert.match((await check([() => undefined], nowNs, 500_000)) ?? '', /no more than an empty function/);
});

test('a mix of empty functions is flagged too', async () => {
  assert.match(
    (await check([() => undefined, () => undefined], nowNs, 200_000)) ?? '',
    /no more than an empty function/,
  );
});

test('a look-up of a few nanoseconds is not flagged', async () => {
  const keys = Array.from({ length: 1_024 }, (_, index) => `key ${index}`);
  const map = new Map(keys.map((key, index) => [key, index]));
  assert.equal(await check([(index) => map.get(keys[index & 1_023] ?? '')], nowNs, 50_000), null);
});

test('a cost that does not grow with the number of calls is flagged', async () => {
  // One unit of work for each of the first 1,000 calls of a batch and none after: the same time for 1,000 and 2,000.
  let time = 0;
  const operation: Operation = (index) => {
    if (index < 1_000) time += 100;
    return index;
  };
  assert.match(
    (await check([operation], () => time, 1_000)) ?? '',
    /twice the calls take only 1\.00 times as long/,
  );
});

test('a cost that grows with the number of calls is not flagged', async () => {
  let time = 0;
  assert.equal(await check([() => (time += 5)], () => time, 1_000), null);
});
