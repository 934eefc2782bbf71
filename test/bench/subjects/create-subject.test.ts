import { test } from 'node:test';
import assert from 'node:assert/strict';
import { runRound } from '../../../src/bench/rounds/round.ts';
import type { RoundResult } from '../../../src/bench/rounds/round-result.ts';
import { PerfkitError } from '../../../src/model/errors.ts';
import type { MetricDefinition } from '../../../src/model/metrics.ts';
import type { SubjectPlan, SubjectSource } from '../../../src/model/plan.ts';
import { closed } from '../fixtures/subjects.ts';
import { driver, fixture, planFor } from '../plan-for.ts';

const metrics: readonly MetricDefinition[] = [
  { name: 'total', kind: 'gauge', unit: 'count', better: 'neither', help: '' },
  { name: 'keys', kind: 'gauge', unit: 'count', better: 'neither', help: '' },
  { name: 'sizes', kind: 'histogram', unit: 'bytes', better: 'neither', help: '' },
];

async function measure(subject: SubjectPlan, mix: Record<string, number> = {}): Promise<RoundResult> {
  const plan = planFor([subject], { metrics, workload: { mix } });
  const hooks = { signal: new AbortController().signal, onMeasuring: () => undefined };
  const result = await runRound(plan, { subject, concurrency: 1, round: 1 }, hooks);
  assert.ok(result);
  return result;
}

function refused(subject: SubjectPlan, message: RegExp, mix: Record<string, number> = {}): Promise<void> {
  return assert.rejects(
    measure(subject, mix),
    (error: unknown) => error instanceof PerfkitError && message.test(error.message),
  );
}

function value(result: RoundResult, metric: string): number | undefined {
  return result.gauges.find((gauge) => gauge.metric === metric)?.value;
}

test('an exported function is an operation', async () => {
  const { counters, histograms } = await measure(fixture('function', 'square'));
  assert.ok((counters.find(({ metric }) => metric === 'throughput')?.count ?? 0) > 0);
  assert.deepEqual(histograms[0]?.tags, {});
});

test('an asynchronous function is awaited, one value a call', async () => {
  const { counters, histograms } = await measure(fixture('function', 'asynchronous'));
  assert.ok((counters.find(({ metric }) => metric === 'throughput')?.count ?? 0) > 0);
  assert.equal(histograms[0]?.metric, 'op_duration');
});

test('a factory gets its options, keys and histograms, reports its metrics from the end of the warm-up, and is closed', async () => {
  const before = closed.count;
  const result = await measure(fixture('factory', 'createCounter', './subjects.ts', { step: 2 }));
  assert.equal(closed.count, before + 1);
  assert.equal(value(result, 'keys'), 65_536);
  const tags = result.histograms.filter(({ metric }) => metric === 'op_duration').map((slice) => slice.tags);
  assert.deepEqual(tags, [{ op: 'add' }, { op: 'read' }]);
  assert.ok(result.histograms.some(({ metric }) => metric === 'sizes'));
  const total = value(result, 'total');
  assert.ok(total !== undefined && total > 0 && total % 2 === 0);
});

test('a mix of one operation is tagged, for targets that name it', async () => {
  const { histograms } = await measure(fixture('factory', 'createCounter'), { read: 1 });
  assert.deepEqual(
    histograms.filter(({ metric }) => metric === 'op_duration').map((slice) => slice.tags),
    [{ op: 'read' }],
  );
});

test('a factory may return a plain function', async () => {
  const { counters } = await measure(fixture('factory', 'createFunction'));
  assert.ok((counters.find(({ metric }) => metric === 'throughput')?.count ?? 0) > 0);
});

test('secrets reach the factory as values, also inside lists', async () => {
  process.env['PERFKIT_TEST_TOKEN'] = 'twelve chars';
  const options = { token: '${secret:PERFKIT_TEST_TOKEN}', list: ['x${secret:PERFKIT_TEST_TOKEN}'] };
  const result = await measure(fixture('factory', 'createReveals', './subjects.ts', options));
  assert.deepEqual([value(result, 'total'), value(result, 'keys')], [12, 13]);
  delete process.env['PERFKIT_TEST_TOKEN'];
  await refused(
    fixture('factory', 'createReveals', './subjects.ts', options),
    /PERFKIT_TEST_TOKEN is not set/,
  );
});

test('what cannot be measured says why and names the subject', async () => {
  await refused(
    fixture('function', 'square', './missing.ts'),
    /^subject square: no such module: \.\/missing\.ts/,
  );
  await refused(fixture('function', 'sqare'), /subjects\.ts has no export "sqare": it exports .*square/);
  await refused(
    fixture('function', 'notAFunction'),
    /expected \.\/subjects\.ts#notAFunction to be a function, got number/,
  );
  await refused(
    fixture('function', 'any', './throws-on-load.ts'),
    /cannot load \.\/throws-on-load\.ts: the database is down/,
  );
  await refused(
    fixture('factory', 'createFails'),
    /^subject createFails: its set-up failed: RangeError: no such data$/,
  );
  await refused(
    fixture('factory', 'createNothing'),
    /to return a function or \{operations: .*got an object with get/,
  );
  await refused(fixture('factory', 'createUndeclared'), /metric "mystery" that is not defined/);
  await refused(fixture('factory', 'createCounter'), /no operation "fetch"/, { fetch: 1 });
  await refused(driver('cash'), /no driver "cash": there are batcher, cache, /);
});

test('the options of a driver are checked', async () => {
  await refused(
    driver('cache', { max: 0 }),
    /options\.max of the driver cache: expected an integer from 1 to 8388608, got 0/,
  );
  await refused(
    driver('cache', { policy: 'mru' }),
    /options\.policy of the driver cache: expected one of lru.*, got "mru"/,
  );
  await refused(
    driver('cache', { maxEntries: 5 }),
    /the driver cache has no option "maxEntries": it has policy, maxSize, max, ttl/,
  );
  await refused(
    driver('batcher', { maxWait: 5 }),
    /options\.maxWait .*expected a duration with a unit, such as "5ms", got 5/,
  );
  await refused(driver('compressor', { codec: 'toString' }), /options\.codec .*expected one of .*deflate/);
  await refused(
    driver('synthetic', { failures: '200%' }),
    /options\.failures .*expected a share from 0 to 1/,
  );
  await refused(driver('synthetic', { latency: 'list', values: [] }), /expected a list of durations/);
  await refused(driver('noop', { x: 1 }), /the driver noop has no option "x": it has none/);
});

function task(name: string, exportName = 'bench'): SubjectPlan {
  const use: SubjectSource = {
    kind: 'tinybench',
    module: './tinybench-module.ts',
    export: exportName,
    task: name,
  };
  return { name: 'tiny', use, options: {} };
}

test('a task of a tinybench Bench is run by perfkit, with its hooks before and after', async () => {
  // Its function is known only while the module loads for the first time, which a process of a round does once.
  const result = await measure(task('count'));
  const { calls } = await import('../fixtures/tinybench-module.ts');
  assert.deepEqual([calls.before, calls.after], [1, 1]);
  const throughput = result.counters.find(({ metric }) => metric === 'throughput');
  assert.ok(throughput && throughput.count > 0 && calls.run >= throughput.count);
});
