import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainPlan } from '../../src/plan/explain.ts';
import { benchYaml, faultsOf, heads, loadYaml, planYaml } from './scenario-folder.ts';

async function abortOf(target: string, base = loadYaml): Promise<unknown> {
  return (await planYaml(`${base}targets: [${target}]\n`)).targets[0]?.abort;
}

test('a target stops the run only when it says so, after the samples that it says', async () => {
  assert.equal(await abortOf('"errors rate < 5%"'), undefined);
  assert.equal(await abortOf('{expr: "errors rate < 5%", abort: false}'), undefined);
  assert.deepEqual(await abortOf('{expr: "errors rate < 5%", abort: true, after: 1000 samples}'), {
    afterSamples: 1000,
  });
  assert.deepEqual(await abortOf('{expr: "errors rate < 5%", abort: true, after: 1 sample}'), {
    afterSamples: 1,
  });
  assert.deepEqual(await abortOf('{expr: "errors rate < 5%", abort: true, after: 2k samples}', benchYaml), {
    afterSamples: 2000,
  });
});

test('without a number of samples it waits for those of its percentile, and for 100 at least', async () => {
  assert.deepEqual(await abortOf('{expr: "errors rate < 5%", abort: true}'), { afterSamples: 100 });
  assert.deepEqual(await abortOf('{expr: "response_time p99.9 < 1s", abort: true}'), {
    afterSamples: 10_000,
  });
  assert.deepEqual(await abortOf('{expr: "response_time p50 < 1s", abort: true}'), { afterSamples: 100 });
  assert.deepEqual(await abortOf('{expr: "rss max < 1GiB", abort: true}'), { afterSamples: 5 });
});

test('what cannot be judged while the run goes on is refused', async () => {
  const cases: Readonly<Record<string, RegExp>> = {
    '{expr: "errors rate < 5%", after: 10 samples}': /`after` goes with `abort: true`/,
    '{expr: "errors rate < 5%", abort: true, severity: warn}': /only warns cannot stop the run/,
    '{expr: "errors rate < 5% over 5s", abort: true}': /leave out `over` and `slope`/,
    '{expr: "throughput count >= 500", abort: true}': /a count still grows/,
    '{expr: "rss slope < 1MB/s", abort: true}': /leave out `over` and `slope`/,
    '{expr: "response_time p95 < baseline * 1.2", abort: true}': /not a baseline/,
    '{expr: "errors rate < 5%", abort: true, after: 1000}':
      /expected a number of samples, such as "1000 samples"/,
    '{expr: "errors rate < 5%", abort: true, after: 10s}':
      /expected a number of samples such as "1000 samples"/,
    '{expr: "errors rate < 5%", abort: true, after: 0 samples}': /expected a number of samples/,
  };
  for (const [target, expected] of Object.entries(cases)) {
    const found = heads(await faultsOf(`${loadYaml}targets: [${target}]\n`));
    assert.equal(found.length, 1, target);
    assert.match(found[0] ?? '', expected, target);
  }
});

test('a plan says which target may stop the run', async () => {
  const plan = await planYaml(
    `${loadYaml}targets: [{expr: "errors rate < 5%", abort: true, after: 7 samples}]\n`,
  );
  assert.match(explainPlan(plan), /errors rate < 5% \(stops the run when it fails on 7 samples\)/);
});
