import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { startScriptedServer } from '../../src/server/scripted-server.ts';
import { folderWith, perfkit } from '../helpers/cli.ts';
import type { AddressInfo } from 'node:net';
import type { CapacitiesResult } from '../../src/model/capacities.ts';
import type { RunResult, Series } from '../../src/model/result.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../schema/result-v1.json', import.meta.url), 'utf8'),
) as object;

let hits = 0;
const fast = createServer((_, response) => {
  hits += 1;
  response.end('ok');
});
/** Answers what it has been asked only after the turn of a timer: later than the other, on any machine. */
const slow = createServer((_, response) => void setTimeout(() => response.end('ok'), 40));

async function portOf(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

let [fastPort, slowPort] = [0, 0];
before(async () => {
  [fastPort, slowPort] = [await portOf(fast), await portOf(slow)];
});
after(() => {
  for (const server of [fast, slow]) {
    server.closeAllConnections();
    server.close();
  }
});

/** The machine may stand still for a minute. */
const limitMs = 240_000;

function scenario(subjects: string, more = ''): string {
  return `version: 1
kind: load
name: two
target: {http: "builtin:items"}
subjects: ${subjects}
phases:
  - {name: warm, for: 200ms, rate: 50/s, measure: false}
  - {name: steady, for: 1s, rate: 50/s}
flows: [{name: get, steps: [{get: /items/1, name: one}]}]
pacing: eco
${more}`;
}

function live(onPort = fastPort, offPort = slowPort): string {
  return `[{name: "on", http: "http://127.0.0.1:${onPort}"}, {name: "off", http: "http://127.0.0.1:${offPort}"}]`;
}

function series(result: RunResult, metric: string, subject: string): Series[] {
  return result.series.filter((one) => one.metric === metric && one.tags['subject'] === subject);
}

describe('perfkit load with subjects', () => {
  test('drives each variant in turn, and judges one by the other', { timeout: 600_000 }, async () => {
    hits = 0;
    const targets =
      'reference: "off"\nrounds: 3\ntargets: ["response_time{subject:on} p50 <= reference * 0.9", "errors rate < 50%"]\n';
    const cwd = folderWith('two.perfkit.yaml', scenario(live(), targets));
    const args = [
      'load',
      'two.perfkit.yaml',
      '--json',
      '--out',
      'out',
      '--reporter',
      'csv',
      '--reporter',
      'junit',
    ];
    const { stdout, stderr } = await perfkit(args, { cwd, limitMs });
    assert.ok(stdout.startsWith('{'), stderr);
    const result = JSON.parse(stdout) as RunResult;
    const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(schema);
    assert.equal(validate(result), true, JSON.stringify(validate.errors));
    assert.equal(result.complete, true);
    for (const subject of ['on', 'off']) {
      const measured = series(result, 'response_time', subject);
      assert.deepEqual(
        measured.map(({ tags }) => tags),
        [{ name: 'one', phase: 'steady', subject }],
      );
      // less where the machine stood still, and requests timed out
      const count = measured[0]?.count ?? 0;
      assert.ok(count > 0 && count <= 150, `${count}`);
    }
    assert.ok(hits > 0 && hits <= 180, `${hits}`);
    const [ratio] = result.verdict.targets;
    assert.ok(ratio?.outcome === 'pass' || result.validity.state === 'invalid', JSON.stringify(ratio));
    assert.equal(result.scenario.reference, 'off');
    const starts = result.intervals.map(({ startNs }) => startNs);
    assert.deepEqual(
      starts,
      starts.toSorted((a, b) => a - b),
    );
    const rounds = new Set(result.intervals.map(({ tags }) => `${tags['subject']} ${tags['round']}`));
    assert.equal(rounds.size, 6);
    const again = await perfkit(['report', 'out'], { cwd });
    assert.match(again.stdout, /\n +against off .*95% interval *\n +on +response_time p50 .* to /);
    assert.match(readFileSync(join(cwd, 'out', 'series.csv'), 'utf8'), /"tag subject"/);
    const log = readdirSync(join(cwd, 'out')).find((name) => name.endsWith('.hlog')) ?? '';
    const logged = await perfkit(['report', join('out', log), '--format', 'json'], { cwd });
    const { series: fromLog } = JSON.parse(logged.stdout) as RunResult;
    assert.deepEqual(fromLog, result.series);
    const compared = await perfkit(['compare', 'out', 'out'], { cwd });
    assert.ok([0, 5].includes(compared.code ?? -1), compared.stderr);
    assert.match(compared.stdout, /\bon steady\b/);
  });

  test('starts a built-in server anew for each, and reads each of them', { timeout: 600_000 }, async () => {
    const more = 'server: {process: builtin, every: 200ms}\nrounds: 1\nreference: "b"\n';
    const targets = 'targets: ["server.cpu_time{subject:a} rate <= reference * 1000"]\n';
    const cwd = folderWith('two.perfkit.yaml', scenario('[{name: a}, {name: b}]', more + targets));
    const { stdout, stderr } = await perfkit(['load', 'two.perfkit.yaml', '--json'], { cwd, limitMs });
    assert.ok(stdout.startsWith('{'), stderr);
    const result = JSON.parse(stdout) as RunResult;
    for (const subject of ['a', 'b']) {
      assert.ok((series(result, 'response_time', subject)[0]?.count ?? 0) > 0);
      assert.equal(series(result, 'server.rss', subject).length, 1);
    }
    assert.equal(
      typeof result.verdict.targets[0]?.limit,
      'number',
      JSON.stringify(result.verdict.targets[0]),
    );
  });

  test(
    'names a subject that cannot be reached, and keeps what others did',
    { timeout: 600_000 },
    async () => {
      const gone = await startScriptedServer({ kind: 'limited', perSecond: 1000 });
      await gone.close();
      const both = `[{name: "a", http: "http://127.0.0.1:${gone.port}"}, {name: "b", http: "http://127.0.0.1:${fastPort}"}]`;
      const cwd = folderWith('two.perfkit.yaml', scenario(both, 'rounds: 1\n'));
      const orders = await Promise.all(
        [1, 2, 3, 4].map((seed) =>
          perfkit(['load', 'two.perfkit.yaml', '--json', '--seed', String(seed), '--out', `out${seed}`], {
            cwd,
            limitMs,
          }),
        ),
      );
      for (const { code, stdout, stderr } of orders) {
        if (stdout === '') {
          assert.match(stderr, /subject a: .*ECONNREFUSED|subject a: .*refused/);
          assert.notEqual(code, 0);
          continue;
        }
        const result = JSON.parse(stdout) as RunResult;
        assert.equal(code, 5);
        assert.deepEqual([result.complete, result.verdict.outcome], [false, 'invalid']);
        assert.match(result.verdict.reasons.join(), /a round 1: /);
        assert.ok((series(result, 'response_time', 'b')[0]?.count ?? 0) > 0);
      }
      assert.ok(
        orders.some(({ stdout }) => stdout !== ''),
        'a seed lets b be first',
      );
    },
  );

  test('ends with what there is when it is interrupted', { timeout: 600_000 }, async () => {
    const cwd = folderWith('two.perfkit.yaml', scenario(live(), 'rounds: 20\n'));
    const interrupt = { signal: 'SIGINT', when: /round [2-9]\/20/ } as const;
    const { code, stdout, stderr } = await perfkit(['load', 'two.perfkit.yaml', '--json', '--out', 'out'], {
      cwd,
      interrupt,
      limitMs,
      env: { CI: '1' },
    });
    assert.equal(code, 130, stderr);
    const result = JSON.parse(stdout) as RunResult;
    assert.equal(result.complete, false);
    assert.ok((series(result, 'response_time', 'on')[0]?.count ?? 0) > 0);
  });

  test('says what is wrong with options before anything runs', async () => {
    const chat = scenario(
      '[{name: a, options: {cach: false}}, {name: b, options: {maxBatchWaitMs: soon}}]',
    ).replace('builtin:items', 'builtin:chat');
    const cwd = folderWith('two.perfkit.yaml', chat);
    const { code, stderr } = await perfkit(['plan', 'two.perfkit.yaml'], { cwd });
    assert.equal(code, 2);
    assert.match(stderr, /unknown option `cach`: did you mean `cache`\?/);
    assert.match(stderr, /expected .*milliseconds.*, got "soon"/);
  });
});

describe('perfkit capacity with subjects', () => {
  test('searches each, compares them and gives the exit code', { timeout: 1_500_000 }, async () => {
    const servers = await Promise.all(
      [400, 100].map((perSecond) => startScriptedServer({ kind: 'limited', perSecond })),
    );
    const [on, off] = servers;
    const subjects = live(on?.port, off?.port);
    const targets =
      'reference: "off"\ntargets: ["response_time p50 < 250ms", "capacity{subject:on} rate >= reference * 1.2"]\n';
    const cwd = folderWith(
      'two.perfkit.yaml',
      scenario(subjects, targets).replace('rate: 50/s}\nflows', 'rate: 50/s, connections: 50}\nflows'),
    );
    const quick = [
      '--from',
      '50',
      '--max',
      '3200',
      '--step',
      '600ms',
      '--warmup',
      '100ms',
      '--soak',
      '1s',
      '--pause',
      '50ms',
      '--precision',
      '45%',
    ];
    try {
      const args = ['capacity', 'two.perfkit.yaml', '--json', '--out', 'out', ...quick];
      const { code, stdout, stderr } = await perfkit(args, { cwd, limitMs });
      assert.ok(stdout.startsWith('{'), stderr);
      const found = JSON.parse(stdout) as CapacitiesResult;
      assert.deepEqual(
        found.subjects.map(({ name }) => name),
        ['on', 'off'],
      );
      // a machine that is busy with something else may end a search undecided: that it says so is right
      const codes = { pass: 0, fail: 3, undecided: 5, invalid: 5 } as const;
      assert.equal(code, codes[found.verdict.outcome], stderr);
      assert.equal(found.verdict.targets.length, 1);
      const steps = readdirSync(join(cwd, 'out', 'steps'));
      assert.ok(
        steps.some((name) => name === '01-on-50.json') && steps.some((name) => name.includes('-off-50')),
      );
      const again = await perfkit(['report', 'out'], { cwd });
      assert.match(again.stdout, /capacity of 2 subjects/);
      const wrong = await perfkit(['load', 'two.perfkit.yaml'], { cwd });
      assert.equal(wrong.code, 2);
      assert.match(wrong.stderr, /is of a search: run perfkit capacity two\.perfkit\.yaml/);
    } finally {
      await Promise.all(servers.map((server) => server.close()));
    }
  });
});
