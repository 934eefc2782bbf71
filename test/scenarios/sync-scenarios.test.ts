import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInScenarios, findScenarios } from '../../src/plan/find-scenarios.ts';
import { findLikest } from '../../scenarios/sync/heavy-job.ts';

test('every measured row of the sync guide and of the chat roadmap has a target in a sound scenario', async () => {
  const entries = (await findScenarios([builtInScenarios])).filter(({ path }) =>
    /^(?:sync|chat)\//.test(path),
  );
  assert.deepEqual(
    entries.filter(({ error }) => error !== null),
    [],
  );
  const ids = new Set(entries.flatMap(({ targets }) => targets.map(({ id }) => id)));
  for (const id of ['S04', 'S08', 'S09', 'S10', 'S11', 'S12', 'S13', 'S16', 'C17', 'C18']) {
    assert.ok(ids.has(id), id);
  }
});

test('the heavy job finds the pair of vectors that are most alike', () => {
  const vectors = Float32Array.from([1, 0, 0, 1, 0.6, 0.8, -1, 0]);
  assert.deepEqual(findLikest({ vectors, dimensions: 2 }), [1, 2]);
});
