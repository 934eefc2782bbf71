import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { explainPlan } from '../../src/plan/explain.ts';
import { faultsOf, heads, known, loadYaml, planYaml } from './scenario-folder.ts';
import type { LoadPlan } from '../../src/model/plan.ts';

const options = {
  known: {
    ...known,
    serverOptions: {
      demo: {
        names: ['cache', 'maxBatchSize'],
        expected: (name: string, value: unknown) =>
          name === 'cache' && typeof value !== 'boolean' ? 'true or false' : null,
      },
    },
  },
};

async function load(more: string): Promise<LoadPlan> {
  const plan = await planYaml(loadYaml + more, options);
  assert.equal(plan.kind, 'load');
  return plan;
}

async function faults(more: string): Promise<string[]> {
  return heads(await faultsOf(loadYaml + more, options)).map((head) => head.replace(/^[^ ]+ /, ''));
}

const two = 'subjects:\n  - {name: "on"}\n  - {name: "off", options: {cache: false}}\n';

describe('subjects of a load', () => {
  test('are the target with options of their own, in three rounds', async () => {
    const plan = await load(`${two}reference: "off"\n`);
    const target = { origin: 'http://127.0.0.1:0', builtin: 'demo', allow: [] };
    assert.deepEqual(plan.subjects, [
      { name: 'on', target },
      { name: 'off', target: { ...target, options: { cache: false } } },
    ]);
    assert.deepEqual([plan.rounds, plan.reference], [3, 'off']);
    assert.ok(plan.expectedNs >= 6 * 31e9);
  });

  test('add their options to those of the target', async () => {
    const yaml = loadYaml.replace(
      '{http: "builtin:demo"}',
      '{http: "builtin:demo", options: {maxBatchSize: 7}}',
    );
    const plan = await planYaml(yaml + two, options);
    assert.equal(plan.kind, 'load');
    assert.deepEqual(
      plan.subjects?.map(({ target }) => target.options),
      [{ maxBatchSize: 7 }, { maxBatchSize: 7, cache: false }],
    );
  });

  test('may be servers that run already, each with its process', async () => {
    const { subjects, server } = await load(
      'server: {every: 1s}\nsubjects:\n  - {name: old, http: "http://127.0.0.1:8081", process: 12}\n  - {name: new, http: "http://127.0.0.1:8082", process: "13"}\n',
    );
    assert.deepEqual(
      subjects?.map(({ target, process }) => [target.origin, target.builtin, process]),
      [
        ['http://127.0.0.1:8081', null, 12],
        ['http://127.0.0.1:8082', null, 13],
      ],
    );
    assert.equal(server?.process, 'builtin');
  });

  test('are what targets may name, also for metrics of the server', async () => {
    const plan = await load(
      `${two}reference: "off"\nserver: {process: builtin}\ntargets:\n  - "response_time{subject:on} p50 <= reference * 0.4 in steady"\n  - "server.cpu_time{subject:on} rate <= reference * 0.7"\n`,
    );
    assert.deepEqual(
      plan.targets.map(({ target }) => target.limit),
      [
        { kind: 'reference', factor: 0.4 },
        { kind: 'reference', factor: 0.7 },
      ],
    );
    assert.deepEqual(await faults(`${two}targets: ["response_time{subject:onn} p50 < 1ms"]\n`), [
      'unknown subject `onn`: did you mean `on`?',
    ]);
  });

  test('change the hash, and a scenario without them keeps its own', async () => {
    const hashes = await Promise.all(
      ['', two, `${two}rounds: 2\n`, `${two}reference: "on"\n`].map(
        async (more) => (await load(more)).scenario.hash,
      ),
    );
    assert.equal(new Set(hashes).size, 3);
    assert.equal(hashes[1], hashes[3]);
  });

  test('count in what a percentile gets', async () => {
    const text = explainPlan(await load(`${two}targets: ["response_time p99.9 < 1s"]\n`));
    assert.match(text, /needs 10000 samples, gets 36000: enough/);
    assert.match(text, /\n {2}off +a new process of the built-in server demo with \{"cache":false\}\n/);
    assert.match(text, /\n {2}rounds +all phases against each 3 times, in changing order/);
  });

  test('that are not right are told, each at its place', async () => {
    assert.deepEqual(await faults('subjects:\n  - {name: a, options: {cach: false}}\n'), [
      'unknown option `cach`: did you mean `cache`?',
    ]);
    assert.deepEqual(await faults('subjects:\n  - {name: a, options: {cache: 7}}\n'), [
      'expected true or false, got 7 (number)',
    ]);
    assert.deepEqual(await faults('subjects:\n  - {name: a}\n  - {name: a}\nreference: b\n'), [
      'the subject `a` is there twice: first in line 9, again here; keep or rename one',
      'unknown subject `b`: expected one of `a`, `a`',
    ]);
    assert.deepEqual(
      await faults('subjects:\n  - {name: a, http: "http://127.0.0.1:1", options: {cache: false}}\n'),
      ['`options` go to a built-in server (builtin:NAME): a live one has its own configuration'],
    );
    assert.deepEqual(await faults('subjects:\n  - {name: a, http: "http://192.0.2.1/"}\n'), [
      '192.0.2.1 is not this machine: add it to `allow` if you may load it (target: {http: ..., allow: [192.0.2.1]})',
    ]);
    assert.deepEqual(await faults('rounds: 3\nreference: a\n'), [
      '`rounds` goes with `subjects`, the variants of the server',
      '`reference` goes with `subjects`, the variants of the server',
    ]);
    assert.deepEqual(await faults(`${two}server: {process: 12}\n`), [
      'one process cannot be that of every subject: write `process` for each of them, or `builtin`',
    ]);
    assert.deepEqual(
      await faults(`subjects:\n  - {name: a, http: "http://127.0.0.1:1"}\nserver: {process: builtin}\n`),
      ['`process` is missing: the id of the process of this server, which is watched'],
    );
    assert.deepEqual(await faults(`${two}targets: ["response_time{subject:on} p50 <= reference"]\n`), [
      'expected `reference: NAME` in the scenario, one of its subjects, for a limit relative to it',
    ]);
  });

  test('of another machine are held to the caps', async () => {
    const yaml = loadYaml
      .replace('{http: "builtin:demo"}', '{http: "builtin:demo", allow: [192.0.2.1]}')
      .replace('400/s', '40k/s');
    const found = heads(
      await faultsOf(
        `${yaml}subjects:\n  - {name: a, http: "http://192.0.2.1"}\n  - {name: b, http: "http://192.0.2.1"}\n`,
        options,
      ),
    );
    assert.equal(found.length, 1);
    assert.match(found[0] ?? '', /is more than the 10.0k\/s/);
  });
});
