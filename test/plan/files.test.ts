import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { plan, validateScenario } from '../../src/plan/plan.ts';
import { readModule } from '../../src/plan/read/read-module.ts';
import { benchYaml, faultsOf, heads, known, messageOfFailure, scenarioFolder } from './scenario-folder.ts';

async function failure(files: Readonly<Record<string, string | Uint8Array>>, file: string): Promise<string> {
  using place = scenarioFolder(files);
  return await messageOfFailure(() => plan({ file }, { known, env: {}, cwd: place.folder }));
}

test('a file that is not there, a folder, or no scenario is refused', async () => {
  assert.match(await failure({}, 'no.perfkit.yaml'), /^no\.perfkit\.yaml: no such file/);
  assert.match(await failure({ 'a/b.yaml': '' }, 'a'), /^a: expected a scenario file, got a folder/);
  assert.match(await failure({ 'a.txt': 'x' }, 'a.txt'), /^a\.txt: expected a scenario/);
});

test('an empty file, or one of comments only, is called empty', async () => {
  for (const text of ['', '\n\n', '# one\n  # two\n', '\ufeff'])
    assert.match(
      await failure({ 'a.yaml': text }, 'a.yaml'),
      /the scenario is empty: it starts with version/,
    );
});

test('a file that is not UTF-8, or larger than 1 MiB, is refused', async () => {
  assert.match(await failure({ 'a.yaml': Uint8Array.of(0x61, 0xff, 0xfe) }, 'a.yaml'), /expected UTF-8 text/);
  assert.match(await failure({ 'a.yaml': `#${'x'.repeat(1024 ** 2)}` }, 'a.yaml'), /at most 1 MiB/);
});

test('line ends of Windows and a byte order mark do not move the places', async () => {
  assert.deepEqual(heads(await faultsOf(`\ufeff${benchYaml}tagz: 1\n`.replaceAll('\n', '\r\n'))), [
    'x.perfkit.yaml:6:1: unknown key `tagz`: did you mean `tags`?',
  ]);
});

const definePath = join(import.meta.dirname, '../../src/plan/scenario/define.ts');

test('a TypeScript scenario is the same as a YAML one', async () => {
  const text = `import { defineBench } from ${JSON.stringify(definePath)};
const size: number = 5;
export default Promise.resolve(defineBench({ name: 'cache/get', subjects: [{ name: 'lru', use: 'cache', options: { size } }] }));
`;
  using place = scenarioFolder({
    'a.perfkit.ts': text,
    'b.perfkit.yaml': benchYaml.replace('cache}', 'cache, options: {size: 5}}'),
  });
  const options = { known, env: {}, cwd: place.folder };
  const [code, data] = await Promise.all([
    plan({ file: 'a.perfkit.ts' }, options),
    plan({ file: 'b.perfkit.yaml' }, options),
  ]);
  assert.equal(code.scenario.hash, data.scenario.hash);
});

test('a TypeScript scenario that fails is told with its place', async () => {
  assert.match(
    await failure(
      { 'a.perfkit.ts': '\nfunction f(): never {\n  throw new Error("no \\u001b[31m");\n}\nf();\n' },
      'a.perfkit.ts',
    ),
    /^a\.perfkit\.ts:3:9: the scenario module failed: no \\u\{1b\}/,
  );
  assert.match(
    await failure({ 'a.perfkit.ts': 'const x = 1;\nenum A { B }\n' }, 'a.perfkit.ts'),
    /^a\.perfkit\.ts:2:1: .*enum/,
  );
  assert.match(
    await failure(
      { 'a.perfkit.ts': 'export default await Promise.reject(new Error("late"));' },
      'a.perfkit.ts',
    ),
    /late/,
  );
  assert.match(
    await failure({ 'a.perfkit.ts': 'export const a = 1;' }, 'a.perfkit.ts'),
    /expected `export default defineBench/,
  );
});

test('a TypeScript scenario cannot end the process', async () => {
  const before = Object.getOwnPropertyDescriptor(process, 'exit');
  assert.match(
    await failure({ 'a.perfkit.ts': 'process.exit(0);' }, 'a.perfkit.ts'),
    /^a\.perfkit\.ts:1:9: .*it called process\.exit\(0\)/,
  );
  assert.deepEqual(Object.getOwnPropertyDescriptor(process, 'exit'), before);
});

test('a scenario module that never finishes loading is given up', async () => {
  using place = scenarioFolder({ 'a.perfkit.ts': 'export default new Promise(() => {});' });
  assert.match(
    await messageOfFailure(() => readModule('a.perfkit.ts', join(place.folder, 'a.perfkit.ts'), 1)),
    /did not finish loading within 0\.001 s/,
  );
});

test('mistakes in a TypeScript scenario are told by their path', async () => {
  const message = await failure(
    {
      'a.perfkit.ts':
        'export default {version: 1, kind: "bench", name: "x", subjects: [{name: "a", usee: "cache"}]};',
    },
    'a.perfkit.ts',
  );
  assert.match(
    message,
    /^a\.perfkit\.ts: unknown key `usee`: did you mean `use`\? \(at \$\.subjects\[0\]\.usee\)/,
  );
});

test('validateScenario lists problems and throws only for what cannot be read', async () => {
  using place = scenarioFolder({ 'good.yaml': benchYaml, 'bad.yaml': benchYaml.replace('cache}', 'cach}') });
  const options = { known, env: {}, cwd: place.folder };
  assert.deepEqual(await validateScenario('good.yaml', options), []);
  const [problem] = await validateScenario('bad.yaml', options);
  assert.deepEqual(
    [problem?.file, problem?.line, problem?.column, problem?.path],
    ['bad.yaml', 5, 22, '$.subjects[0].use'],
  );
  assert.match(await messageOfFailure(() => validateScenario('none.yaml', options)), /no such file/);
});

test('modules stay within the project, links followed', async () => {
  using outside = scenarioFolder({ 'x.ts': 'export const f = 1;', 'd/y.ts': '' });
  using place = scenarioFolder({
    'suite/a.perfkit.yaml': '',
    'suite/own.ts': '',
    'lib/x.ts': '',
    'suite/folder.ts/x': '',
  });
  symlinkSync(join(outside.folder, 'x.ts'), join(place.folder, 'suite/link.ts'));
  symlinkSync(join(outside.folder, 'd'), join(place.folder, 'suite/dir'));
  symlinkSync(join(place.folder, 'lib/x.ts'), join(place.folder, 'suite/inside.ts'));
  const run = async (use: string, cwd = place.folder): Promise<string> => {
    const scenario = { version: 1, kind: 'bench', name: 'x', subjects: [{ name: 'a', use }] };
    const source = { file: null, scenario, folder: join(place.folder, 'suite') };
    return await plan(source, { known, env: {}, cwd }).then(
      () => 'ok',
      (error: unknown) => String(error),
    );
  };
  for (const use of ['./own.ts#f', '../lib/x.ts#default', './inside.ts#$f'])
    assert.equal(await run(use), 'ok', use);
  for (const use of ['../../x.ts#f', './link.ts#f', './dir/y.ts#f', './own.ts/../../../x.ts#f'])
    assert.match(await run(use), /lies outside the project/, use);
  assert.match(await run('../lib/x.ts#f', outside.folder), /lies outside the project/);
  for (const use of ['/etc/x.ts#f', 'C:\\x.ts#f', 'file:///x.ts#f'])
    assert.match(await run(use), /relative to the scenario/, use);
  assert.match(await run('./none.ts#f'), /no such file/);
  assert.match(await run('./folder.ts#f'), /got a folder/);
  assert.match(await run('./own.ts'), /name of its export, such as "\.\/own\.ts#create"/);
  assert.match(await run('./own.ts#a.b'), /name of its export/);
  assert.match(await run('./own.yaml#a'), /expected a \.ts, \.js/);
});
