import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourcePathIn } from '../../../src/cli/ci/source-path.ts';

test('a scenario file is named by its path in the checkout, wherever the command was run', () => {
  const env = { GITHUB_WORKSPACE: '/home/runner/work/app' };
  const path = sourcePathIn(env, '/home/runner/work/app/packages/api');
  assert.equal(path('load/api.perfkit.yaml'), 'packages/api/load/api.perfkit.yaml');
  assert.equal(path('../api.perfkit.yaml'), 'packages/api.perfkit.yaml');
  assert.equal(path('/home/runner/work/app/x.perfkit.yaml'), 'x.perfkit.yaml');
  assert.equal(path('..odd.perfkit.yaml'), 'packages/api/..odd.perfkit.yaml');
});

test('a file outside the checkout has no path in it', () => {
  const path = sourcePathIn({ CI_PROJECT_DIR: '/builds/app' }, '/builds/app');
  assert.equal(path('/etc/x.perfkit.yaml'), null);
  assert.equal(path('../other/x.perfkit.yaml'), null);
  assert.equal(path('.'), null);
});

test('outside of CI the working directory is the checkout', () => {
  assert.equal(sourcePathIn({}, '/work')('/work/a/b.perfkit.yaml'), 'a/b.perfkit.yaml');
});
