import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { forkRound } from '../../../src/bench/rounds/fork-round.ts';
import type { PackageFolder, RoundResult } from '../../../src/bench/rounds/round-result.ts';
import { write } from '../../helpers/git-repository.ts';
import { fixture, planFor } from '../plan-for.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

/** A package that says of itself which version it is, as a metric. */
function packageOf(version: number): Readonly<Record<string, string>> {
  return {
    'node_modules/dep/package.json':
      '{"name":"dep","type":"module","exports":{".":"./index.js","./part":"./index.js"}}',
    'node_modules/dep/index.js': `export const create = () => ({ operations: { run: (i) => i }, metrics: () => ({ hit_ratio: ${version} }) });`,
  };
}

const home = temporaryFolder();
write(home, {
  ...packageOf(0.25),
  'adapter.mjs': "export { create } from 'dep/part';",
  'alone.mjs': 'export const create = () => (i) => i;',
});
write(join(home, 'other'), packageOf(0.75));
const other: PackageFolder = { name: 'dep', folder: join(home, 'other') };

async function measure(module: string, from: PackageFolder | null): Promise<RoundResult | null> {
  const subject = fixture('factory', 'create', module);
  const plan = planFor([subject], { run: { isolate: 'process' } });
  const scenario = { ...plan.scenario, folder: home };
  const extras = { usage: true, turns: false, slowdown: null, package: from };
  const task = { subject, concurrency: 1, round: 1, extras };
  const hooks = { signal: new AbortController().signal, onMeasuring: () => undefined, paddingBytes: 0 };
  return await forkRound({ ...plan, scenario }, task, hooks);
}

function versionOf(result: RoundResult | null): number | undefined {
  return result?.gauges.find(({ metric }) => metric === 'hit_ratio')?.value;
}

describe('a subject from a package', () => {
  test('is found as the folder of the scenario finds it', async () => {
    const result = await measure('dep', null);
    assert.equal(versionOf(result), 0.25);
    assert.ok((result?.usage?.operations ?? 0) > 0);
  });

  test('comes from the version that is compared, whoever imports it', async () => {
    assert.equal(versionOf(await measure('dep', other)), 0.75);
    assert.equal(versionOf(await measure('./adapter.mjs', other)), 0.75);
    assert.equal(versionOf(await measure('./adapter.mjs', null)), 0.25);
  });

  test('that is not imported at all is told: there is nothing to compare', async () => {
    await assert.rejects(measure('./alone.mjs', other), /imports nothing of the package dep/);
  });

  test('that is not installed is told', async () => {
    await assert.rejects(
      measure('missing-package', null),
      /cannot load the package missing-package .*is it installed\?/,
    );
  });
});
