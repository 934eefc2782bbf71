import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { interpolate } from '../../src/plan/read/interpolate.ts';
import { benchYaml, faultsOf, heads, loadYaml, planYaml } from './scenario-folder.ts';

test('a variable is put in, its default where it is unset or empty', () => {
  const { value, faults } = interpolate(
    { a: '${env:A}', b: ['x${env:B:-y}z', '${env:E:-d}', '${env:E}', '${env:C:-}'] },
    { A: '1', E: '' },
  );
  assert.deepEqual(value, { a: '1', b: ['xyz', 'd', '', ''] });
  assert.deepEqual(faults, []);
});

test('what is put in is not looked at again', () => {
  assert.deepEqual(interpolate('${env:A}', { A: '${env:B}', B: 'x' }).value, '${env:B}');
});

test('a variable that is not set is named where it stands', async () => {
  const yaml = loadYaml.replace('400/s', '"${env:RATE}/s"').replace('demo/api', 'a-${env:WHO}');
  assert.deepEqual(heads(await faultsOf(yaml)), [
    'x.perfkit.yaml:3:9: the environment variable WHO is not set: export WHO, or give a default as ${env:WHO:-value}',
    'x.perfkit.yaml:7:37: the environment variable RATE is not set: export RATE, or give a default as ${env:RATE:-value}',
  ]);
});

test('names of object methods are no variables', async () => {
  assert.match(
    await faultsOf(loadYaml.replace('demo/api', '"${env:toString}"')),
    /variable toString is not set/,
  );
});

test('a number may come from a variable, a text may look like one', async () => {
  const env = { N: '250', ON: 'false', NAME: '7' };
  const made = await planYaml(
    loadYaml
      .replace('rate: 400/s', 'rate: 400/s, requests: "${env:N}", connections: "${env:C:-3}"')
      .replace('measure: false', 'measure: "${env:ON}"')
      .replace('demo/api', '"${env:NAME}"'),
    { env },
  );
  assert.ok(made.kind === 'load');
  assert.deepEqual(
    [made.scenario.name, made.phases[0]?.measured, made.phases[1]?.maxRequests, made.phases[1]?.connections],
    ['7', false, 250, 3],
  );
});

test('a number written in quotes is text, and a variable that is no number is refused', async () => {
  assert.match(
    await faultsOf(`${benchYaml}workload: {keys: "10"}\n`),
    /:6:18: expected a whole number from 1 to 100000000, got "10"/,
  );
  assert.match(
    await faultsOf(`${benchYaml}workload: {keys: "\${env:K}"}\n`, { env: { K: 'ten' } }),
    /expected a whole number.*got "ten"/,
  );
});

test('a fault behind a variable is placed in the text as written', async () => {
  const yaml = `${loadYaml}targets:\n  - "\${env:M:-errors} rate < 1% in nope"\n`;
  const column = yaml.split('\n').at(-2)?.indexOf('nope');
  assert.deepEqual(heads(await faultsOf(yaml)), [
    `x.perfkit.yaml:9:${(column ?? 0) + 1}: unknown phase \`nope\`: expected one of \`steady\``,
  ]);
});

const secretStep = (field: string): string =>
  `${loadYaml}flows:\n  - {name: f, steps: [{post: /x, ${field}}]}\n`;

test('a secret stays a reference in the plan, and its value is nowhere', async () => {
  const env = { TOKEN: 'hunter2-hunter2' };
  for (const field of [
    'headers: {authorization: "Bearer ${secret:TOKEN}"}',
    'body: "t=${secret:TOKEN}"',
    'json: {a: [{t: "${secret:TOKEN}"}]}',
  ]) {
    const text = JSON.stringify(await planYaml(secretStep(field), { env }));
    assert.ok(text.includes('${secret:TOKEN}') && !text.includes('hunter2'), field);
  }
  const text = JSON.stringify(
    await planYaml(secretStep('name: n').replace('/x', '"/x?t=${secret:TOKEN}"'), { env }),
  );
  assert.ok(text.includes('/x?t=${secret:TOKEN}') && !text.includes('hunter2'));
  const bench = JSON.stringify(
    await planYaml(benchYaml.replace('use: cache', 'use: cache, options: {key: "${secret:TOKEN}"}'), { env }),
  );
  assert.ok(bench.includes('${secret:TOKEN}') && !bench.includes('hunter2'));
});

test('a secret that is not set is named, without any value', async () => {
  const message = await faultsOf(secretStep('headers: {a: "b ${secret:TOKEN}"}'), {
    env: { OTHER: 'hunter2' },
  });
  assert.match(message, /:9:50: the secret TOKEN is not set: export TOKEN/);
  assert.doesNotMatch(message, /hunter2/);
});

test('a secret where it would be printed is refused', async () => {
  for (const yaml of [
    loadYaml.replace('demo/api', '"${secret:TOKEN}"'),
    secretStep('name: "${secret:TOKEN}"'),
    benchYaml.replace('lru', '"${secret:TOKEN}"'),
    `${loadYaml}tags: ["\${secret:TOKEN}"]\n`,
  ]) {
    assert.match(await faultsOf(yaml, { env: { TOKEN: 'x' } }), /a secret may stand only in/);
  }
});

test('other references are refused and not sent as they stand', async () => {
  assert.match(
    await faultsOf(secretStep('body: "${enw:X}"')),
    /unknown reference \$\{enw…\}: did you mean `env`\?/,
  );
  assert.match(await faultsOf(secretStep('body: "${secret:9}"')), /expected a variable name/);
});

test('an offset in the result leads back to the text as written', () => {
  const parts = fc.array(fc.oneof(fc.constant({ env: true }), fc.stringMatching(/^[a-z ]{1,5}$/)), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(parts, fc.stringMatching(/^[A-Z]{0,6}$/), (list, put) => {
      const written = list.map((part) => (typeof part === 'string' ? part : '${env:V}')).join('');
      const { value, replaced } = interpolate(written, { V: put });
      assert.ok(typeof value === 'string');
      const back = replaced.get('[]') ?? ((offset: number) => offset);
      for (let offset = 0; offset < value.length; offset++) {
        const char: string = value.charAt(offset);
        assert.equal(written[back(offset)], /[A-Z]/.test(char) ? '$' : char);
      }
    }),
    { numRuns: 200 },
  );
});
