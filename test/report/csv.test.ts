import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitCsvRecord } from '../../src/model/csv.ts';
import { reporters } from '../../src/report/index.ts';
import { exampleRun, hostileRuns, suiteOf } from './hostile.ts';
import type { RunResult, SuiteResult } from '../../src/model/result.ts';

function records(document: RunResult | SuiteResult): string[][] {
  const text = reporters.csv(document, { colourLevel: 0, width: 120 });
  assert.ok(text.endsWith('\r\n'));
  return text.slice(0, -2).split('\r\n').map(splitCsvRecord);
}

test('there is a row for each series, with a column for each tag and each value', () => {
  const [head = [], ...rows] = records(exampleRun());
  assert.deepEqual(head.slice(0, 10), [
    'scenario',
    'kind',
    'metric',
    'tag name',
    'tag phase',
    'type',
    'unit',
    'count',
    'min',
    'mean',
  ]);
  assert.equal(rows.length, exampleRun().series.length);
  const value = (row: readonly string[] | undefined, column: string): string | undefined =>
    row?.[head.indexOf(column)];
  const item = rows.find((row) => row[2] === 'response_time' && row[3] === 'item');
  assert.deepEqual(
    ['unit', 'count', 'p50', 'censored', 'rate'].map((column) => value(item, column)),
    ['ns', '1030', '2000895', '30', ''],
  );
  assert.equal(
    value(
      rows.find((row) => row[2] === 'errors'),
      'rate',
    ),
    String(30 / 1030),
  );
});

test('the runs of a suite are in one table, and a suite without runs is the head alone', () => {
  assert.equal(records(suiteOf([exampleRun(), exampleRun()])).length, 1 + 2 * exampleRun().series.length);
  assert.equal(records(suiteOf([])).length, 1);
});

test('whatever a text holds, every record has the same fields, and no cell is a formula at any separator', () => {
  fc.assert(
    fc.property(hostileRuns, (run) => {
      const [head = [], ...rows] = records(run);
      assert.equal(rows.length, run.series.length);
      for (const row of [head, ...rows]) {
        assert.equal(row.length, head.length);
        for (const cell of row) {
          if (cell !== '' && Number.isFinite(Number(cell))) continue;
          assert.doesNotMatch(cell, /(?:^|[,;|])\s*[=+\-@]/);
          assert.doesNotMatch(cell, /[\p{Cc}\p{Cf}\p{Cs}]/u);
        }
      }
    }),
    { numRuns: 200 },
  );
});
