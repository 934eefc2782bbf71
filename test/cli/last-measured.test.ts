import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { readMeasurements } from '../../src/cli/last-measured.ts';
import { measured } from '../helpers/results.ts';
import type { RunResult, SuiteResult, TargetResult } from '../../src/index.ts';

function target(more: Partial<TargetResult> = {}): TargetResult {
  return {
    id: 'P01',
    scenario: 'example',
    expr: 'throughput rate >= 100/s',
    source: null,
    severity: 'error',
    line: null,
    outcome: 'pass',
    actual: 200,
    bounded: false,
    limit: 100,
    margin: 1,
    unit: 'count',
    perSecond: true,
    tags: {},
    reason: null,
    ...more,
  };
}

function result(
  started: string,
  targets: readonly TargetResult[],
  outcome: RunResult['verdict']['outcome'] = 'pass',
): RunResult {
  return { ...measured([], { started }), verdict: { outcome, reasons: [], targets } };
}

/** A folder of runs; removed with `using`. A text is written as it is. */
function reports(files: Readonly<Record<string, RunResult | SuiteResult | string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'perfkit-last-'));
  for (const [name, document] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof document === 'string' ? document : JSON.stringify(document));
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

const early = '2026-01-01T00:00:00.000Z';
const late = '2026-01-02T00:00:00.000Z';
const wanted = { id: 'P01', expr: 'throughput rate >= 100/s' };

test('the newest run that measured a target tells its value, whatever the files are called or when they were copied', async () => {
  using place = reports({
    'b/result.json': result(early, [target({ actual: 1 })]),
    'a/result.json': result(late, [target({ actual: 2, outcome: 'fail' })], 'fail'),
    'unrelated.txt': 'x',
    'empty/other.json': '{}',
  });
  utimesSync(join(place.folder, 'a/result.json'), 0, 0);
  const { find, unreadable, leftOut } = await readMeasurements(place.folder, true);
  assert.deepEqual(find('example', wanted), {
    actual: 2,
    bounded: false,
    unit: 'count',
    perSecond: true,
    outcome: 'fail',
    expr: wanted.expr,
    started: late,
    result: join(place.folder, 'a/result.json'),
  });
  assert.deepEqual([unreadable, leftOut], [[], 0]);
  assert.equal(find('another', wanted), null);
  assert.equal(find('example', { id: 'P02', expr: wanted.expr }), null);
});

test('a run without data for a target hides no older one that has some', async () => {
  using place = reports({
    'a/result.json': result(early, [target({ actual: 5 })]),
    'b/result.json': result(late, [target({ actual: null, outcome: 'no data' })]),
  });
  assert.equal((await readMeasurements(place.folder, true)).find('example', wanted)?.actual, 5);
});

test('a target whose text has changed since is found by its id, and says what it was', async () => {
  using place = reports({ 'a/result.json': result(early, [target({ expr: 'throughput rate >= 50/s' })]) });
  const { find } = await readMeasurements(place.folder, true);
  assert.equal(find('example', wanted)?.expr, 'throughput rate >= 50/s');
  assert.equal(find('example', { id: null, expr: wanted.expr }), null);
});

test('a target without an id is found by its text, also in a suite', async () => {
  const one = result(early, [target({ id: null, expr: 'errors rate < 1%', actual: 0 })]);
  const suite: SuiteResult = {
    schema: 'perfkit/suite@1',
    perfkit: '0.0.0',
    started: early,
    durationNs: 1,
    results: [one],
    verdict: one.verdict,
  };
  using place = reports({ 'result.json': suite });
  const { find } = await readMeasurements(place.folder, true);
  assert.equal(find('example', { id: null, expr: ' errors rate < 1% ' })?.actual, 0);
});

test('a target of an invalid run did not pass', async () => {
  using place = reports({ 'a/result.json': result(early, [target()], 'invalid') });
  assert.equal((await readMeasurements(place.folder, true)).find('example', wanted)?.outcome, 'invalid');
});

test('files that are no results are named and left out', async () => {
  using place = reports({
    'a/result.json': '{"schema":"other"}',
    'b/result.json': '{',
    'c/result.json': result(early, [target()]),
  });
  const { find, unreadable } = await readMeasurements(place.folder, true);
  assert.equal(unreadable.length, 2);
  assert.match(unreadable.join('\n'), /a\/result\.json/);
  assert.notEqual(find('example', wanted), null);
});

test('at most 200 of the newest files are read', async () => {
  const text = JSON.stringify(result(early, [target()]));
  using place = reports(
    Object.fromEntries(Array.from({ length: 203 }, (_, index) => [`run-${index}/result.json`, text])),
  );
  assert.equal((await readMeasurements(place.folder, true)).leftOut, 3);
});

test('a folder that is not there is empty by default, and an error when it was asked for', async () => {
  const absent = join(tmpdir(), 'perfkit-no-such-folder');
  assert.equal((await readMeasurements(absent, false)).find('example', wanted), null);
  await assert.rejects(readMeasurements(absent, true), /cannot list the results in/);
});
