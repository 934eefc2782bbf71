import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { judge, readResult } from '../../src/index.ts';
import { PerfkitError } from '../../src/model/errors.ts';
import { measured, target } from '../helpers/results.ts';
import { completeEnd, logText, planWith, second } from './log/logged-runs.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import type { RunResult } from '../../src/index.ts';

const plan = planWith([target('response_time p50 < 1s'), target('errors rate < 0.1%')]);
const [early, late, later] = [
  '2026-01-02T03:00:00.000Z',
  '2026-01-02T04:00:00.000Z',
  '2026-01-02T05:00:00.000Z',
];

function save(folder: string, name: string, started: string): RunResult {
  const run = measured([], { started });
  const result = { ...run, scenario: { ...run.scenario, name }, verdict: judge(run, []) };
  writeFileSync(join(folder, 'result.json'), JSON.stringify(result));
  return result;
}

async function log(
  folder: string,
  name: string,
  command: string,
  started: string,
  complete = false,
): Promise<void> {
  const named = { ...plan, scenario: { ...plan.scenario, name } };
  const end = complete ? { end: completeEnd } : {};
  writeFileSync(
    join(folder, `${name}.hlog`),
    await logText([second(1), second(2)], { plan: named, command, started, ...end }),
  );
}

async function namesIn(folder: string): Promise<string[]> {
  const document = await readResult(folder);
  return 'results' in document
    ? document.results.map(({ scenario }) => scenario.name)
    : [document.scenario.name];
}

test('a killed run is judged again by the targets in its log', async () => {
  const folder = temporaryFolder();
  await log(folder, 'a', early, early);
  const document = await readResult(folder);
  assert.ok(!('results' in document));
  assert.deepEqual(document, await readResult(join(folder, 'a.hlog')));
  assert.equal(document.complete, false);
  assert.equal(document.verdict.outcome, 'fail');
  assert.deepEqual(
    document.verdict.targets.map(({ outcome }) => outcome),
    ['pass', 'fail'],
  );
});

test('a killed run without a failed target is undecided', async () => {
  const folder = temporaryFolder();
  const passing = planWith([target('response_time p50 < 1s')]);
  writeFileSync(join(folder, 'a.hlog'), await logText([second(1)], { plan: passing }));
  assert.equal((await readResult(folder)).verdict.outcome, 'undecided');
});

test('of a command that was killed in its second scenario the first is read from what was saved', async () => {
  const folder = temporaryFolder();
  const first = save(folder, 'first', late);
  await log(folder, 'first', early, late, true);
  await log(folder, 'second', early, later);
  const document = await readResult(folder);
  assert.ok('results' in document);
  assert.deepEqual(document.results[0], first);
  assert.deepEqual(await namesIn(folder), ['first', 'second']);
  assert.match(document.verdict.reasons.join('\n'), /second: target failed/);
});

test('the log of a run that was saved changes nothing', async () => {
  const folder = temporaryFolder();
  const saved = save(folder, 'a', late);
  await log(folder, 'a', early, late, true);
  assert.deepEqual(await readResult(folder), saved);
});

test('logs and results of an earlier command in the same folder are left alone', async () => {
  const folder = temporaryFolder();
  await log(folder, 'old', early, early);
  const saved = save(folder, 'new', late);
  assert.deepEqual(await readResult(folder), saved);
  await log(folder, 'killed', later, later);
  assert.deepEqual(await namesIn(folder), ['killed']);
});

test('a folder without result or log says what is missing', async () => {
  await assert.rejects(
    readResult(temporaryFolder()),
    (error) => error instanceof PerfkitError && /result\.json: there is no such file/.test(error.message),
  );
});

test('a log in the folder that was torn off in its first line is passed over', async () => {
  const folder = temporaryFolder();
  const saved = save(folder, 'a', late);
  writeFileSync(join(folder, 'torn.hlog'), '#[Histogram log format version 1.3]\n#[perfkit {"ru');
  assert.deepEqual(await readResult(folder), saved);
});

test('a file that would become millions of objects is refused before it is parsed', async () => {
  const file = join(temporaryFolder(), 'many.json');
  for (const filler of ['{},', '[],', '[[[']) {
    const text = `{"schema":"perfkit/result@1","series":[${filler.repeat(500_000)}`;
    writeFileSync(file, text);
    await assert.rejects(
      readResult(file),
      (error) =>
        error instanceof PerfkitError && /many\.json holds \d+ objects and lists/.test(error.message),
    );
  }
  writeFileSync(file, `{"schema":"perfkit/result@1","series":[${'0,'.repeat(11_000_000)}0]}`);
  await assert.rejects(readResult(file), /with 11000003 values; a result has at most/);
});
