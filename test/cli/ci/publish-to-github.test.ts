import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { publishToGithub } from '../../../src/cli/ci/publish-to-github.ts';
import { exampleRun, passingRun } from '../../report/hostile.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import type { RunResult } from '../../../src/model/result.ts';

async function publish(run: RunResult, env: Readonly<Record<string, string>>): Promise<string> {
  let printed = '';
  await publishToGithub(run, { env, write: (text) => (printed += text) });
  return printed;
}

function summaryFile(): string {
  return join(temporaryFolder(), 'summary.md');
}

test('outside of GitHub Actions nothing is printed or written', async () => {
  const file = summaryFile();
  assert.equal(await publish(exampleRun(), { GITHUB_STEP_SUMMARY: file, GITHUB_ACTIONS: 'false' }), '');
  assert.equal(existsSync(file), false);
});

test('in a step the annotations are printed and the report is added to the summary that is there', async () => {
  const file = summaryFile();
  writeFileSync(file, '# before\n');
  const printed = await publish(exampleRun(), { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file });
  assert.match(printed, /^::error file=load\/api\.perfkit\.yaml,line=14,title=/);
  const summary = readFileSync(file, 'utf8');
  assert.ok(summary.startsWith('# before\n## perfkit: ❌ fail\n'));
  await publish(passingRun(), { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file });
  assert.match(readFileSync(file, 'utf8').slice(summary.length), /^## perfkit: ✅ pass\n/);
});

test('the summary never grows beyond the 1 MiB that GitHub keeps', async () => {
  const file = summaryFile();
  for (const used of [1024 * 1024 - 20_500, 1024 * 1024 - 100, 1024 * 1024]) {
    writeFileSync(file, 'x'.repeat(used));
    const printed = await publish(exampleRun(), { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file });
    assert.ok(statSync(file).size <= 1024 * 1024);
    assert.equal(/the job summary is full/.test(printed), used > 1024 * 1024 - 20_000);
  }
});

test('a summary that cannot be written is told, and nothing is thrown', async () => {
  const file = join(temporaryFolder(), 'absent', 'summary.md');
  const printed = await publish(passingRun(), { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file });
  assert.match(printed, /^perfkit: cannot add to the job summary .*ENOENT/);
});

test('a step without a summary gets its annotations', async () => {
  assert.match(await publish(exampleRun(), { GITHUB_ACTIONS: 'true' }), /^::error /);
});
