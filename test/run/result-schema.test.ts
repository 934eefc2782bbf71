import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { judge } from '../../src/judge/judge.ts';
import { resultJsonSchema } from '../../src/run/result-schema.ts';
import { counterSeries, gaugeSeries, histogramSeries, measured, range, target } from '../helpers/results.ts';

const published: unknown = JSON.parse(
  readFileSync(new URL('../../schema/result-v1.json', import.meta.url), 'utf8'),
);

test('the published schema is the one that results are read with (npm run schema)', () => {
  assert.deepEqual(published, JSON.parse(JSON.stringify(resultJsonSchema())));
});

test('a result holds against the published schema, and a broken one does not', () => {
  const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(
    published as object,
  );
  const run = measured([
    counterSeries('throughput', {}, 1, 1e9),
    gaugeSeries('cpu', {}, 0.5),
    histogramSeries('response_time', {}, range(100), [1e9]),
  ]);
  const result = { ...run, verdict: judge(run, [target('response_time p50 < 1s')]) };
  assert.equal(validate(result), true, JSON.stringify(validate.errors));
  const suite = {
    schema: 'perfkit/suite@1',
    perfkit: '0',
    started: run.started,
    durationNs: 1,
    results: [result],
    verdict: result.verdict,
  };
  assert.equal(validate(suite), true, JSON.stringify(validate.errors));
  assert.equal(validate({ ...result, validity: { state: 'fine', reasons: [] } }), false);
});
