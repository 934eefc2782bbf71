import assert from 'node:assert/strict';
import { readFileSync, readdirSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { judge } from '../../src/judge/judge.ts';
import { PerfkitError } from '../../src/model/errors.ts';
import { readResult } from '../../src/index.ts';
import { prepareFolder, writeFileAtomic } from '../../src/run/store.ts';
import { counterSeries, histogramSeries, measured, range, target } from '../helpers/results.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const folder = temporaryFolder();

function result(): object {
  const run = measured([
    counterSeries('throughput', {}, 100, 1e9),
    histogramSeries('response_time', {}, range(100), [5e9]),
  ]);
  return { ...run, verdict: judge(run, [target('response_time p50 < 1s')]) };
}

function rejects(promise: Promise<unknown>, pattern: RegExp): Promise<void> {
  return assert.rejects(
    promise,
    (error) => error instanceof PerfkitError && error.exitCode === 2 && pattern.test(error.message),
  );
}

test('a written result reads back the same, from the file and from its folder', async () => {
  const document = result();
  await writeFileAtomic(join(folder, 'result.json'), JSON.stringify(document));
  assert.deepEqual(await readResult(join(folder, 'result.json')), document);
  assert.deepEqual(await readResult(folder), document);
});

test('a write leaves no temporary file behind, also when it fails', async () => {
  const place = join(folder, 'clean');
  mkdirSync(join(place, 'taken'), { recursive: true });
  await writeFileAtomic(join(place, 'a.txt'), 'one');
  await writeFileAtomic(join(place, 'a.txt'), 'two');
  await rejects(
    writeFileAtomic(join(place, 'taken'), 'x'),
    /expected a file name to write to, got the folder/,
  );
  assert.deepEqual(readdirSync(place).toSorted(), ['a.txt', 'taken']);
  assert.equal(readFileSync(join(place, 'a.txt'), 'utf8'), 'two');
});

test('a file where the results folder should be is refused before the run', async () => {
  writeFileSync(join(folder, 'plain'), '');
  await rejects(prepareFolder(join(folder, 'plain')), /expected a folder for the results, got the file/);
  await rejects(
    prepareFolder(join(folder, 'plain', 'below')),
    /cannot write results to .*a part of the path is a file/,
  );
  await prepareFolder(join(folder, 'new', 'deep'));
});

test('what is no result is refused with what it is', async () => {
  const file = join(folder, 'bad.json');
  await rejects(readResult(join(folder, 'absent.json')), /there is no such file/);
  for (const [text, pattern] of [
    ['', /expected a JSON document/],
    ['[1, 2]', /got no schema at all/],
    ['{"schema":"perfkit/result@2"}', /got "perfkit\/result@2"/],
    ['{"schema":"perfkit/result@1","series":[]}', /no valid perfkit result:\n {2}\$\./],
    [
      JSON.stringify({
        ...result(),
        series: [{ metric: 'x', tags: {}, unit: 'ns', kind: 'histogram', count: 'many' }],
      }),
      /\$\.series\.0\.count/,
    ],
  ] as const) {
    writeFileSync(file, text);
    await rejects(readResult(file), pattern);
  }
});
