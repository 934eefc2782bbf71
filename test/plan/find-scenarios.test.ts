import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtInScenarios, findScenarios, selectScenarios } from '../../src/plan/find-scenarios.ts';
import { benchYaml, loadYaml, messageOfFailure, scenarioFolder } from './scenario-folder.ts';

const files = {
  'cache/get.perfkit.yaml': `${benchYaml}tags: [quick]\ntargets: ["op_duration p99 < 1ms", {id: P1, expr: "errors rate < 1%", source: doc, severity: warn}]\n`,
  'cache/put.perfkit.yaml': benchYaml.replace('cache/get', 'writes'),
  'cache/subject.ts': 'throw new Error("not a scenario");',
  'api.perfkit.ts':
    'export default {version: 1, kind: "load", name: "api", target: {http: "builtin:demo"}, phases: [{name: "a", for: "1s", users: 1}]};',
  'broken.perfkit.yaml': 'version: 1\nkind: bench\nnam: x\n',
  'env.perfkit.yaml': loadYaml.replace('builtin:demo', '${env:URL}'),
  'node_modules/x/a.perfkit.yaml': benchYaml,
  '.hidden/a.perfkit.yaml': benchYaml,
};

test('scenarios are listed by path, unsound ones with their error', async () => {
  using place = scenarioFolder(files);
  const entries = await findScenarios([place.folder, join(place.folder, 'none')], {});
  assert.deepEqual(
    entries.map(({ name, path, kind, tags, error }) => [name, path, kind, tags, error === null]),
    [
      ['api', 'api', 'load', [], true],
      ['broken', 'broken', null, [], false],
      ['cache/get', 'cache/get', 'bench', ['quick'], true],
      ['writes', 'cache/put', 'bench', [], true],
      ['demo/api', 'env', 'load', [], false],
    ],
  );
  assert.deepEqual(entries[2]?.targets, [
    { id: null, expr: 'op_duration p99 < 1ms', source: null, severity: 'error' },
    { id: 'P1', expr: 'errors rate < 1%', source: 'doc', severity: 'warn' },
  ]);
  assert.match(
    entries[1]?.error ?? '',
    /broken\.perfkit\.yaml:3:1: unknown key `nam`: did you mean `name`\?/,
  );
  assert.match(entries[4]?.error ?? '', /variable URL is not set/);
});

test('a word selects by name, by path or by folder', async () => {
  using place = scenarioFolder(files);
  const entries = await findScenarios([place.folder], {});
  const paths = (word: string): string[] => selectScenarios(entries, word).map(({ path }) => path);
  assert.deepEqual(paths('cache'), ['cache/get', 'cache/put']);
  assert.deepEqual(paths('cache/'), ['cache/get', 'cache/put']);
  assert.deepEqual(paths('cache/get'), ['cache/get']);
  assert.deepEqual(paths('writes'), ['cache/put']);
  assert.match(
    await messageOfFailure(async () => paths('cache/gte')),
    /no scenario "cache\/gte": did you mean `cache\/get`\?/,
  );
});

test('the built-in scenarios are found beside the source', () => {
  assert.ok(statSync(join(builtInScenarios, '../package.json')).isFile());
  assert.match(builtInScenarios, /scenarios$/);
});
