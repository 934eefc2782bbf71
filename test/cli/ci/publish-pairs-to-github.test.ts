import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { publishPairsToGithub } from '../../../src/cli/ci/publish-pairs-to-github.ts';
import { slowerRun } from '../../report/paired/paired-runs.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

test('a paired run that fails becomes annotations and a job summary in a step of GitHub Actions', async () => {
  const summary = join(temporaryFolder(), 'summary.md');
  let written = '';
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
  await publishPairsToGithub(slowerRun(), { env, write: (text) => void (written += text) });
  assert.match(written, /^::error .*regression::s0 op_duration p50: worse, \+7/m);
  assert.match(readFileSync(summary, 'utf8'), /^## perfkit: ❌ fail$/m);
});

test('elsewhere nothing is written', async () => {
  await publishPairsToGithub(slowerRun(), { env: {}, write: () => assert.fail() });
});
