import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { plan } from '../../src/plan/plan.ts';
import {
  benchYaml,
  faultsOf,
  heads,
  known,
  loadYaml,
  messageOfFailure,
  planYaml,
} from './scenario-folder.ts';

const load = `${loadYaml}flows:
  - {name: browse, steps: [{get: /items, name: list}, {get: /item}]}
targets:
`;

async function targetFaults(base: string, target: string): Promise<string[]> {
  return heads(await faultsOf(`${base}  - ${target}\n`)).map((line) => line.replace('x.perfkit.yaml:', ''));
}

test('names in a load target must exist, with the column of the fault', async () => {
  const cases: Readonly<Record<string, string>> = {
    'responsetime p95 < 1s': '11:5: unknown metric `responsetime`: did you mean `response_time`?',
    'response_time{name:lst} p95 < 1s': '11:19: unknown name `lst`: did you mean `list`?',
    'response_time{nam:list} p95 < 1s': '11:19: unknown tag `nam`: did you mean `name`?',
    'response_time{phase:steady} p95 < 1s': '11:19: a phase is no tag: write `in NAME` after the limit',
    'response_time p95 < 1s in stedy': '11:31: unknown phase `stedy`: did you mean `steady`?',
    'response_time p95 < 1s in warmup':
      '11:31: the phase `warmup` is not measured (measure: false), so the target could never be met',
    'response_time rate < 1s':
      '11:19: `response_time` is a histogram: expected p95 (any percentile), min, max, mean, count, slope',
    'response_time p95 < reference':
      '11:25: expected `subjects` in the scenario for a limit relative to one of them: compare with `baseline`, or list the variants',
    'response_time p95 < 200':
      '11:25: expected a limit such as "10ms" for response_time, got "200" (a unit is missing)',
    '"response_time p95 < 200msx"': '11:26: expected a limit such as "10ms" for response_time, got "200msx"',
    "{id: A, expr: 'response_time p95 < 200msx'}":
      '11:40: expected a limit such as "10ms" for response_time, got "200msx"',
    '"respon\\u0073e_time p95 < 200msx"':
      '11:31: expected a limit such as "10ms" for response_time, got "200msx"',
    '|\n    response_time p95 < 200msx':
      '12:25: expected a limit such as "10ms" for response_time, got "200msx"',
    '>-\n    response_time p95\n    < 200msx':
      '12:5: expected a limit such as "10ms" for response_time, got "200msx"',
  };
  for (const [target, expected] of Object.entries(cases))
    assert.deepEqual(await targetFaults(load, target), [expected], target);
});

test('several faults of one target are all reported', async () => {
  assert.equal((await targetFaults(load, 'response_time{name:x,foo:y} p95 < 1s in z')).length, 3);
});

test('names in a bench target must exist', async () => {
  const bench = `${benchYaml}workload: {mix: {get: 9, set: 1}}\ntargets:\n`;
  const cases: Readonly<Record<string, RegExp>> = {
    'op_duration{subject:lrx} p99 < 1ms': /unknown subject `lrx`: did you mean `lru`\?/,
    'op_duration{op:gett} p99 < 1ms': /unknown op `gett`: did you mean `get`\?/,
    'op_duration{round:1} p99 < 1ms': /rounds are merged/,
    'op_duration{concurrency:8} p99 < 1ms': /only where run.concurrency lists more than one/,
    'op_duration p99 < 1ms in steady': /a bench has no phases/,
    'op_duration p99 < reference * 2': /expected `reference: NAME` in the scenario/,
    'schedule_lag p99 < 1ms': /unknown metric `schedule_lag`/,
    'service_time p99 < 1ms': /unknown metric `service_time`/,
  };
  for (const [target, expected] of Object.entries(cases)) {
    const [first = '', ...others] = await targetFaults(bench, target);
    assert.match(first, expected);
    assert.deepEqual(others, [], target);
  }
});

test('what exists is accepted and resolved, with its line', async () => {
  const made = await planYaml(`${benchYaml}  - {name: off, use: noop}
run: {concurrency: [1, 8]}
reference: off
metrics: {answers: {unit: bytes, kind: gauge, better: lower, help: own}}
targets:
  - {id: P1, expr: "op_duration{subject:lru,concurrency:8,op:any} p99.9 <= reference * 0.4", source: doc, severity: warn}
  - answers max < 1MiB
`);
  assert.deepEqual(made.targets, [
    {
      id: 'P1',
      expr: 'op_duration{subject:lru,concurrency:8,op:any} p99.9 <= reference * 0.4',
      target: {
        metric: 'op_duration',
        tags: { subject: 'lru', concurrency: '8', op: 'any' },
        aggregation: { kind: 'percentile', percentile: 99.9 },
        op: '<=',
        limit: { kind: 'reference', factor: 0.4 },
        phase: null,
        overNs: null,
      },
      source: 'doc',
      severity: 'warn',
      line: 11,
    },
    {
      id: null,
      expr: 'answers max < 1MiB',
      target: {
        metric: 'answers',
        tags: {},
        aggregation: { kind: 'max' },
        op: '<',
        limit: { kind: 'number', value: 1024 ** 2 },
        phase: null,
        overNs: null,
      },
      source: null,
      severity: 'error',
      line: 12,
    },
  ]);
});

test('an id used twice, and a metric that is perfkit’s own, are refused', async () => {
  const twice = '  - {id: A, expr: "errors rate < 1%"}\n  - {id: A, expr: "errors rate < 2%"}\n';
  assert.match(await faultsOf(load + twice), /:12:10: the target id `A` is used twice/);
  assert.match(
    await faultsOf(`${benchYaml}metrics: {errors: {unit: count, kind: gauge, better: lower, rate: ratio}}\n`),
    /`errors` is a metric of perfkit[^]*only a counter has a rate/,
  );
});

test('a fault in a scenario made in memory is told by its path', async () => {
  const scenario = {
    version: 1,
    kind: 'bench',
    name: 'x',
    subjects: [{ name: 'a', use: 'cache' }],
    targets: ['op_duration p99 < 1ms', { expr: 'nope p99 < 1ms' }],
  };
  const message = await messageOfFailure(() => plan({ file: null, scenario }, { known, env: {} }));
  assert.match(message, /^scenario: unknown metric `nope`.* \(at \$\.targets\[1\]\.expr\)$/);
});

test('the caret stands under the fault however the scalar is quoted', async () => {
  const styles = fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL');
  await fc.assert(
    fc.asyncProperty(styles, fc.stringMatching(/^[a-z"' é-]{0,6}$/), async (defaultStringType, name) => {
      const target = `response_time{name:a${name}z} p95 < 17banana`;
      const yaml = `${loadYaml}flows:\n${stringify([{ name: 'f', steps: [{ get: '/', name: `a${name}z` }] }], { lineWidth: 0 })}targets:\n${stringify([target], { defaultStringType, lineWidth: 0 })}`;
      const message = await faultsOf(yaml);
      const [, line = '', column = ''] =
        /^x\.perfkit\.yaml:(\d+):(\d+): expected a limit/.exec(message) ?? [];
      assert.ok(
        (yaml.split('\n').at(Number(line) - 1) ?? '').startsWith('17banana', Number(column) - 1),
        `${yaml}\n${message}`,
      );
    }),
    { numRuns: 100 },
  );
});
