import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectLoadPlans } from '../../src/cli/select-plans.ts';
import { samplesNeeded } from '../../src/model/target.ts';
import { expectedSamples } from '../../src/plan/resolve/expected-samples.ts';
import { builtInScenarios, findScenarios } from '../../src/plan/find-scenarios.ts';

const quick = { profile: 'quick', engine: 'native', abort: true } as const;

test('every row of the chat guide that takes a load has a target with its source in a sound scenario', async () => {
  const entries = (await findScenarios([builtInScenarios])).filter(({ path }) => path.startsWith('chat/'));
  assert.deepEqual(
    entries.filter(({ error }) => error !== null),
    [],
  );
  const sources = new Map(entries.flatMap(({ targets }) => targets.map(({ id, source }) => [id, source])));
  const rows = {
    chat: ['C01', 'C02', 'C03', 'C04', 'C05', 'C06', 'C07', 'C08', 'C09', 'C14.memory', 'C19'],
    features: ['F14', 'F16', 'F17', 'F18'],
    thought: ['T11', 'T12.baseline', 'T12.load', 'T12.stress', 'T12.endurance'],
  };
  for (const [guide, ids] of Object.entries(rows))
    for (const id of ids) assert.match(sources.get(id) ?? '', new RegExp(`^${guide}: `), id);
});

test('what goes beyond the guides can only warn', async () => {
  const entries = (await findScenarios([builtInScenarios])).filter(({ path }) => path.startsWith('chat/'));
  const beyond = entries.flatMap(({ targets }) =>
    targets.filter(({ source }) => source?.startsWith('beyond')),
  );
  assert.ok(beyond.length >= 6);
  for (const { expr, severity } of beyond) assert.equal(severity, 'warn', expr);
});

test('the quick form has enough samples for every percentile of a target', async () => {
  const plans = await selectLoadPlans('chat', quick);
  assert.ok(plans.length >= 15);
  for (const plan of plans)
    for (const target of plan.targets) {
      const needed = samplesNeeded(target.target.aggregation);
      const expected = expectedSamples(plan, target, needed);
      if (expected.kind === 'known')
        assert.ok(expected.count >= needed, `${plan.scenario.name}: ${target.expr}`);
    }
});

test('all scenarios of a folder are run but those that search, which are refused by name', async () => {
  const names = (await selectLoadPlans('chat', quick)).map(({ scenario }) => scenario.name);
  assert.ok(names.includes('chat/frames') && !names.includes('chat/capacity'));
  await assert.rejects(selectLoadPlans('chat/capacity', quick), /is of a search: run perfkit capacity/);
});

test('without a name the chat is loaded', async () => {
  const plans = await selectLoadPlans(undefined, quick);
  assert.deepEqual(
    plans.map(({ scenario }) => scenario.name),
    ['chat/chat'],
  );
});
