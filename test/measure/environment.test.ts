import { test } from 'node:test';
import assert from 'node:assert/strict';
import { detectCi, readEnvironment } from '../../src/measure/environment.ts';

test('the fingerprint is that of the machine: it does not change with the CI job or the load', () => {
  const one = readEnvironment({});
  const two = readEnvironment({ GITHUB_ACTIONS: 'true' });
  assert.match(one.fingerprint, /^[0-9a-f]{16}$/);
  assert.equal(one.fingerprint, two.fingerprint);
  assert.equal(one.ci, null);
  assert.equal(two.ci, 'github-actions');
});

test('every field is filled in and survives JSON', () => {
  const environment = readEnvironment({});
  assert.deepEqual(JSON.parse(JSON.stringify(environment)), environment);
  assert.ok(environment.cores >= 1 && environment.memoryBytes > 0 && environment.clockCostNs > 0);
  assert.equal(environment.node, process.version);
});

test('names the CI service before the general variable, and ignores a variable that is switched off', () => {
  assert.equal(detectCi({ CI: 'true', GITLAB_CI: 'true' }), 'gitlab');
  assert.equal(detectCi({ CI: '1' }), 'unknown');
  assert.equal(detectCi({ CI: 'false', GITHUB_ACTIONS: '' }), null);
});
