import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { PerfkitError } from '../../src/model/errors.ts';
import { benchYaml, faultsOf, heads, loadYaml, planYaml } from './scenario-folder.ts';

test('all mistakes are reported at once, each with its place, frame and advice', async () => {
  const message = await faultsOf(`version: 1
kind: load
name: demo
tagz: [x]
target: {http: "http://127.0.0.1:8080"}
phases:
  - {name: a, for: 5, rate: 50/s}
  - {name: b, for: 20s, rate: "50/s -> fast"}
flows:
  - name: browse
    steps:
      - {gte: /x}
targets:
  - "response_time p101 < 10ms"
`);
  assert.equal(
    message,
    `x.perfkit.yaml:4:1: unknown key \`tagz\`: did you mean \`tags\`?
  3 | name: demo
> 4 | tagz: [x]
    | ^^^^
  5 | target: {http: "http://127.0.0.1:8080"}

x.perfkit.yaml:7:20: a unit is missing: write 5s
  6 | phases:
> 7 |   - {name: a, for: 5, rate: 50/s}
    |                    ^
  8 |   - {name: b, for: 20s, rate: "50/s -> fast"}

x.perfkit.yaml:8:31: expected a rate, such as "400/s", got " fast"
  7 |   - {name: a, for: 5, rate: 50/s}
> 8 |   - {name: b, for: 20s, rate: "50/s -> fast"}
    |                               ^^^^^^^^^^^^^^
  9 | flows:

x.perfkit.yaml:12:10: unknown key \`gte\`: did you mean \`get\`?
  11 |     steps:
> 12 |       - {gte: /x}
     |          ^^^
  13 | targets:

x.perfkit.yaml:14:20: a percentile lies between 0 and 100, got "p101" (use max for the largest value)
  13 | targets:
> 14 |   - "response_time p101 < 10ms"
     |                    ^
  15 |`,
  );
});

test('a misspelt key is not reported as missing too', async () => {
  assert.deepEqual(heads(await faultsOf(benchYaml.replace('subjects', 'subjectss'))), [
    'x.perfkit.yaml:4:1: unknown key `subjectss`: did you mean `subjects`?',
  ]);
});

test('a duplicate key names both lines', async () => {
  assert.deepEqual(heads(await faultsOf(`${benchYaml}name: again\n`)), [
    'x.perfkit.yaml:6:1: the key `name` is written twice: first in line 3, again here; keep one',
  ]);
});

test('a missing or unknown kind is asked for first', async () => {
  assert.deepEqual(heads(await faultsOf('version: 1\n')), [
    'x.perfkit.yaml:1:1: `kind` is missing: write `kind: bench` or `kind: load`',
  ]);
  assert.deepEqual(heads(await faultsOf('version: 1\nkind: bensh\n')), [
    'x.perfkit.yaml:2:7: unknown kind "bensh": did you mean `bench`?',
  ]);
  assert.deepEqual(heads(await faultsOf('- a\n')), [
    'x.perfkit.yaml:1:1: expected a scenario (a map with version, kind, name, ...), got a list of 1',
  ]);
});

test('a later version is refused by name', async () => {
  assert.match(
    await faultsOf(benchYaml.replace('version: 1', 'version: 2')),
    /:1:10: expected 1, the version of the scenario format, got 2/,
  );
});

for (const [fault, rate, expected] of [
  ['a rate of 0', '0/s', 'expected a rate above 0, got "0/s"'],
  ['a negative rate', '-5/s', 'expected a rate above 0, got "-5/s"'],
  ['NaN', '.nan', 'expected a number, got NaN'],
  ['an absurd rate', '1e12/s', 'expected at most 10000000/s, got "1e12/s"'],
  ['a unitless rate', '400', 'a unit is missing: write 400/s'],
  ['a unitless rate in quotes', '"400"', 'a unit is missing: write 400/s'],
  ['no rate', 'fast', 'expected a rate, such as "400/s", got "fast"'],
] as const) {
  test(`${fault} is refused`, async () => {
    assert.deepEqual(heads(await faultsOf(loadYaml.replace('400/s', rate))), [
      `x.perfkit.yaml:7:36: ${expected}`,
    ]);
  });
}

for (const [written, expected] of [
  ['0s', 'expected a duration above 0, got "0s"'],
  ['-1s', 'expected a duration above 0, got "-1s"'],
  ['"30"', 'a unit is missing: write 30s'],
  ['25h', 'expected at most 24h, got "25h"'],
  ['30 sec', 'expected a duration with a unit, such as "10s", got "30 sec"'],
  ['[1]', 'expected a duration with a unit, such as "10s", got a list of 1'],
] as const) {
  test(`a duration of ${written} is refused`, async () => {
    assert.deepEqual(heads(await faultsOf(loadYaml.replace('30s', written))), [
      `x.perfkit.yaml:7:25: ${expected}`,
    ]);
  });
}

test('keys that reach a prototype are refused everywhere and change nothing', async () => {
  const yaml = `${benchYaml}workload: {mix: {constructor: 1}}\nmetrics: {__proto__: {unit: ns}}\nprototype: 1\n`;
  assert.deepEqual(heads(await faultsOf(yaml)), [
    'x.perfkit.yaml:6:18: unknown key `constructor`: remove it',
    'x.perfkit.yaml:7:11: unknown key `__proto__`: remove it',
    'x.perfkit.yaml:8:1: unknown key `prototype`: remove it',
  ]);
  assert.deepEqual(Object.keys(Object.prototype), []);
});

test('aliases that multiply are refused, and a single alias is resolved', async () => {
  const names = 'abcdefghi';
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${Array.from(names.slice(1), (name, index) => `${name}: &${name} [${Array(9).fill(`*${names[index]}`).join(', ')}]`).join('\n')}\n`;
  assert.match(await faultsOf(bomb), /aliases cannot be resolved: Excessive alias count/);
  const made = await planYaml(`${benchYaml.replace('lru', '&n lru')}reference: *n\n`);
  assert.equal(made.kind === 'bench' && made.reference, 'lru');
});

test('deep nesting is refused before it is parsed, however it is written', async () => {
  for (const yaml of ['['.repeat(10_000), `a: ${'{b: '.repeat(10_000)}`, `${'- '.repeat(10_000)}x`]) {
    assert.deepEqual(heads(await faultsOf(yaml)), ['x.perfkit.yaml:1:1: nested more than 64 levels deep']);
  }
});

test('broken YAML is placed, tabs and tags included', async () => {
  assert.match(
    await faultsOf('version: 1\nkind:\n\t- x\n'),
    /^x\.perfkit\.yaml:3:1: YAML: Tabs are not allowed as indentation/,
  );
  assert.match(await faultsOf('version: [1\nkind: bench\n'), /^x\.perfkit\.yaml:2:/);
  assert.match(await faultsOf('version: !!js/function 1\n'), /^x\.perfkit\.yaml:1:10: YAML: Unresolved tag/);
  assert.match(await faultsOf('? [a]\n: 1\n'), /all keys must be strings/);
  assert.match(await faultsOf('a: 1\n---\nb: 2\n'), /multiple documents/);
});

test('a target that needs quotes is told so, once', async () => {
  const message = await faultsOf(`${benchYaml}targets:\n  - {expr: op_duration{subject:lru} p99 < 1ms}\n`);
  assert.equal(heads(message).length, 1);
  assert.match(message, /^x\.perfkit\.yaml:7:23: YAML: Unexpected flow-map-start.*must stand in quotes/);
});

test('keys of scenarios to come are refused by name and not ignored', async () => {
  const yaml = `${loadYaml}gc: true\n`;
  const refused = heads(await faultsOf(yaml)).flatMap(
    (line) => /`(\w+)` is not supported by this version/.exec(line)?.[1] ?? [],
  );
  assert.deepEqual(refused, ['gc']);
});

test('control characters of a scenario do not reach the terminal', async () => {
  const message = await faultsOf(`${benchYaml}"evil\\e[31m\\u202e": "\u009b31m"\n`);
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  assert.doesNotMatch(message, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  assert.match(message, /unknown key `evil\\u\{1b\}\[31m\\u\{202e\}`/);
});

test('whatever is done to a scenario, it is planned or refused with places, never a crash', async () => {
  const parts = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ': ',
    '- ',
    '"',
    "'",
    '&a ',
    '*a',
    '!!x ',
    '\t',
    '\n',
    '\n  ',
    '|\n',
    '#',
    '${env:',
    '}',
    '${secret:X}',
    '__proto__: 1\n',
    '-1',
    '.nan',
    'null',
    '\u0000',
    '\u{1f600}',
  );
  const edits = fc.array(
    fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(12), put: parts }),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(benchYaml, `${loadYaml}targets: ["errors rate < 1%"]\n`),
      edits,
      async (yaml, list) => {
        const edited = list.reduce<string>((text, { at, cut, put }) => {
          const index = Math.floor(at * text.length);
          return text.slice(0, index) + put + text.slice(index + cut);
        }, yaml);
        const outcome = await planYaml(edited).catch((error: unknown) => error);
        if (outcome instanceof Error)
          assert.ok(
            outcome instanceof PerfkitError && outcome.message.startsWith('x.perfkit.yaml:'),
            `${edited}\n${outcome.stack}`,
          );
      },
    ),
    { numRuns: 300 },
  );
});
