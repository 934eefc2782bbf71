import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { sourceFromFile } from '../../../src/plan/from/from-module.ts';
import { inspectModule } from '../../../src/plan/from/inspect-module.ts';
import { plan } from '../../../src/plan/plan.ts';
import { known, messageOfFailure, scenarioFolder } from '../scenario-folder.ts';

async function inspect(text: string, limitMs?: number): Promise<unknown> {
  using place = scenarioFolder({ 'm.ts': text });
  return await inspectModule(join(place.folder, 'm.ts'), limitMs);
}

const tinybench = import.meta.resolve('tinybench');

test('exported functions are found, classes and values are not', async () => {
  const text =
    'export function a() {}\nexport const b = async () => 1;\nexport class C {}\nexport const d = 1;\nexport default () => 2;\nsetInterval(() => {}, 1e6);\nconsole.log("noise");';
  assert.deepEqual(await inspect(text), { kind: 'functions', names: ['a', 'b', 'default'] });
});

test('tasks of a tinybench Bench are found', async () => {
  const text = `import { Bench } from ${JSON.stringify(tinybench)};\nexport const suite = new Bench().add('sort {a}', () => 1).add('find', () => 2);\nexport const other = 5;`;
  assert.deepEqual(await inspect(text), {
    kind: 'tinybench',
    benches: [{ export: 'suite', tasks: ['sort {a}', 'find'] }],
  });
});

test('a scenario is told from a module to measure', async () => {
  assert.deepEqual(await inspect('export default {kind: "bench", name: "x"};'), { kind: 'scenario' });
});

test('a module that throws, exits, hangs or exports nothing is told so', async () => {
  assert.match(
    await messageOfFailure(() => inspect('\nthrow new Error("boom\\u001b");')),
    /m\.ts: the module failed to load: line 2: boom\\u\{1b\}$/,
  );
  assert.match(
    await messageOfFailure(() => inspect('process.exit(0);')),
    /ended the process \(code 0\) while it was loaded$/,
  );
  assert.match(
    await messageOfFailure(() => inspect('console.error("last words"); process.exit(7);')),
    /\(code 7\).*: last words$/,
  );
  assert.match(
    await messageOfFailure(() => inspect('await new Promise(() => {});')),
    /did not finish loading$/,
  );
  assert.match(
    await messageOfFailure(() => inspect('setInterval(() => {}, 1e6); await new Promise(() => {});', 500)),
    /did not finish loading$/,
  );
  assert.match(
    await messageOfFailure(() => inspect('export const a = 1;')),
    /expected exported functions, .*, got a$/,
  );
  assert.match(
    await messageOfFailure(() => inspect('process.send?.("mine"); export function a() {}')),
    /sent a message of its own/,
  );
});

test('a module becomes a bench with one subject for each of its functions', async () => {
  using place = scenarioFolder({ 'lib/my mod.ts': 'export function parse() {}\nexport function print() {}' });
  const source = await sourceFromFile('lib/my mod.ts', place.folder);
  const made = await plan(source, { known, env: {}, cwd: place.folder });
  assert.ok(made.kind === 'bench');
  assert.deepEqual(
    [made.scenario.name, made.scenario.file, made.scenario.folder],
    ['my-mod', null, join(place.folder, 'lib')],
  );
  assert.deepEqual(
    made.subjects.map(({ name, use }) => [name, use]),
    ['parse', 'print'].map((name) => [name, { kind: 'function', module: './my mod.ts', export: name }]),
  );
});

test('a module becomes a bench with one subject for each task', async () => {
  const text = `import { Bench } from ${JSON.stringify(tinybench)};\nexport default new Bench().add('sort {a}, b', () => 1);\nexport const other = new Bench().add('find', () => 2);`;
  using place = scenarioFolder({ 'm.ts': text });
  const made = await plan(await sourceFromFile('m.ts', place.folder), { known, env: {}, cwd: place.folder });
  assert.ok(made.kind === 'bench');
  assert.deepEqual(
    made.subjects.map(({ name, use }) => [name, use]),
    [
      ['default sort a b', { kind: 'tinybench', module: './m.ts', export: 'default', task: 'sort {a}, b' }],
      ['other find', { kind: 'tinybench', module: './m.ts', export: 'other', task: 'find' }],
    ],
  );
});

test('scenario files are taken as they are, and a missing module is named', async () => {
  using place = scenarioFolder({ 'm.ts': 'export default {kind: "load", name: "x"};' });
  assert.deepEqual(await sourceFromFile('x.perfkit.yaml', place.folder), { file: 'x.perfkit.yaml' });
  assert.deepEqual(await sourceFromFile('x.perfkit.ts', place.folder), { file: 'x.perfkit.ts' });
  assert.deepEqual(await sourceFromFile('m.ts', place.folder), { file: 'm.ts' });
  assert.match(
    await messageOfFailure(() => sourceFromFile('none.ts', place.folder)),
    /^none\.ts: no such file$/,
  );
});
