import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parse } from 'yaml';
import { initCi } from '../../../src/cli/ci/init-ci.ts';
import { starters } from '../../../src/plan/import/starters.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const start = process.cwd();
after(() => process.chdir(start));

/** Go to a new folder with these files in it. */
function enter(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  process.chdir(folder);
  return folder;
}

const two = { 'bench/a.perfkit.yaml': starters.bench, 'load/b.perfkit.yaml': starters.load };

describe('perfkit init ci', () => {
  test('writes a workflow for all scenarios of the folder where GitHub looks for it', async () => {
    const folder = enter({
      ...two,
      'package-lock.json': '{}',
      'node_modules/x/c.perfkit.yaml': starters.bench,
    });
    assert.match(await initCi([], { github: true }), /^2 scenarios in \.github\/workflows\/perfkit\.yml;/);
    const { steps } = parse(readFileSync(join(folder, '.github/workflows/perfkit.yml'), 'utf8')).jobs.perfkit;
    assert.deepEqual(
      steps.flatMap((step: { run?: string }) => step.run?.replace('npx --no-install perfkit ', '') ?? []),
      [
        'npm ci',
        'bench bench/a.perfkit.yaml --out reports/bench --reporter junit',
        'load load/b.perfkit.yaml --out reports/load-b --reporter junit',
      ],
    );
  });

  test('takes only the files and folders that are named', async () => {
    const folder = enter(two);
    await initCi(['load'], { gitlab: true, output: 'ci/perfkit.yml' });
    const { script } = parse(readFileSync(join(folder, 'ci/perfkit.yml'), 'utf8')).perfkit;
    assert.equal(script.length, 4);
    assert.match(script[2], /perfkit load load\/b\.perfkit\.yaml /);
    await initCi(['./bench/a.perfkit.yaml'], { gitlab: true, output: 'ci/bench.yml' });
    assert.match(
      readFileSync(join(folder, 'ci/bench.yml'), 'utf8'),
      /perfkit bench bench\/a\.perfkit\.yaml /,
    );
  });

  test('leaves a file that is there as it is, unless force is set, and says what else can be done', async () => {
    const folder = enter({ ...two, '.gitlab-ci.yml': 'mine: {}\n' });
    await assert.rejects(
      initCi([], { gitlab: true }),
      /is there already: --force overwrites it, or write another file with -o/,
    );
    assert.equal(readFileSync(join(folder, '.gitlab-ci.yml'), 'utf8'), 'mine: {}\n');
    await initCi([], { gitlab: true, force: true });
    assert.match(readFileSync(join(folder, '.gitlab-ci.yml'), 'utf8'), /^# Written by/);
  });

  test('installs with the package manager whose lock file is there', async () => {
    for (const [lock, command] of [
      ['pnpm-lock.yaml', 'corepack enable && pnpm install --frozen-lockfile'],
      ['yarn.lock', 'corepack enable && yarn install --immutable'],
    ]) {
      const folder = enter({ ...two, [lock ?? '']: '' });
      await initCi([], { github: true });
      const { steps } = parse(readFileSync(join(folder, '.github/workflows/perfkit.yml'), 'utf8')).jobs
        .perfkit;
      assert.equal(steps[2].run, command);
    }
  });

  test('refuses what it cannot write a pipeline for', async () => {
    enter({});
    await assert.rejects(initCi([], { github: true }), /found no \*\.perfkit\.yaml/);
    enter({ 'a b.perfkit.yaml': starters.bench });
    await assert.rejects(
      initCi([], { github: true }),
      /expected a path of letters.*got "a b\.perfkit\.yaml"/,
    );
    enter({ ...two, 'bad.perfkit.yaml': 'version: [' });
    await assert.rejects(initCi([], { github: true }), /bad\.perfkit\.yaml is not sound: perfkit validate/);
    await assert.rejects(initCi(['absent'], { github: true }), /found no scenario at "absent"/);
    await assert.rejects(initCi([], {}), /expected one of --github and --gitlab/);
    await assert.rejects(initCi([], { github: true, gitlab: true }), /expected one of/);
  });
});
