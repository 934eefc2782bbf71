import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectBenchPlans, selectLoadPlans } from '../../src/cli/select-plans.ts';
import { samplesNeeded } from '../../src/model/target.ts';
import { expectedSamples } from '../../src/plan/resolve/expected-samples.ts';
import { builtInScenarios, findScenarios } from '../../src/plan/find-scenarios.ts';
import { findLikest } from '../../scenarios/sync/heavy-job.ts';
import { syncChanges } from '../../scenarios/sync/sync-client.ts';

const standard = { profile: 'standard', engine: 'native', abort: true } as const;
const quick = { ...standard, profile: 'quick' } as const;

test('every measured row of the sync guide and of the chat roadmap has a target in a sound scenario', async () => {
  const entries = (await findScenarios([builtInScenarios])).filter(({ path }) =>
    /^(?:sync|chat)\//.test(path),
  );
  assert.deepEqual(
    entries.filter(({ error }) => error !== null),
    [],
  );
  const ids = new Set(entries.flatMap(({ targets }) => targets.map(({ id }) => id)));
  const guide = Array.from({ length: 13 }, (_, index) => `S${String(index + 1).padStart(2, '0')}`);
  for (const id of [...guide, 'S15', 'S16', 'F08', 'F16', 'F17', 'C17', 'C18']) assert.ok(ids.has(id), id);
});

for (const named of ['sync', builtInScenarios + '/sync']) {
  test(`load and bench each take their own kind of a folder that has both: ${named === 'sync' ? 'by name' : 'by path'}`, async () => {
    const loads = (await selectLoadPlans(named, standard)).map(({ scenario }) => scenario.name);
    const benches = (await selectBenchPlans([named], standard)).map(({ scenario }) => scenario.name);
    assert.ok(loads.includes('sync/api') && loads.includes('sync/frames'), loads.join());
    assert.ok(benches.includes('sync/cold-start') && benches.includes('sync/delta'), benches.join());
    assert.ok(!loads.some((name) => benches.includes(name)));
    await assert.rejects(selectLoadPlans('sync/delta', standard), /is a bench scenario/);
    await assert.rejects(selectBenchPlans(['sync/api'], standard), /is a load scenario/);
  });
}

test('every percentile that a load of the sync guide is judged by has its samples, in the quick form too', async () => {
  for (const plan of [
    ...(await selectLoadPlans('sync', standard)),
    ...(await selectLoadPlans('sync', quick)),
  ]) {
    for (const target of plan.targets) {
      const needed = samplesNeeded(target.target.aggregation);
      const expected = expectedSamples(plan, target, needed);
      if (expected.kind === 'known')
        assert.ok(expected.count >= needed, `${plan.scenario.name}: ${target.expr}`);
    }
  }
});

test('a client that syncs gets exactly what another one has changed, and says so when it does not', async () => {
  const sent: { name: string; json: unknown }[] = [];
  const reply = (version: number, changed: number): string =>
    `{"cursor":"0123456789ab:${version}","changed":[${Array.from({ length: changed }, () => '{"version":1}').join()}]}`;
  const replies = [
    reply(10_000, 10_000),
    reply(10_100, 0),
    reply(10_100, 100),
    reply(10_200, 0),
    reply(10_200, 99),
  ];
  let complaint: string | null = null;
  const flow = {
    user: 0,
    iteration: 0,
    random: { int: (n: number) => n - 1 },
    http: {
      post: async (
        _path: string,
        request: Parameters<Parameters<typeof syncChanges>[0]['http']['post']>[1],
      ) => {
        sent.push({ name: request.name, json: request.json });
        const text = replies.shift() ?? '';
        complaint = request.expect?.({ text: () => text }) ?? null;
        return { text: () => text };
      },
    },
  };
  await syncChanges(flow);
  assert.equal(complaint, null);
  await syncChanges(flow);
  assert.equal(complaint, 'expected 100 records, got 99');
  assert.deepEqual(
    sent.map(({ name }) => name),
    ['first', 'change', 'incremental', 'change', 'incremental'],
  );
  assert.deepEqual(sent[4]?.json, { cursor: '0123456789ab:10100' });
  const { changes } = Object(sent[1]?.json);
  assert.equal(new Set(changes.map(({ id }: { id: string }) => id)).size, 100);
  assert.equal(changes.at(-1).id, 'record-00009999');
});

test('the heavy job finds the pair of vectors that are most alike', () => {
  const vectors = Float32Array.from([1, 0, 0, 1, 0.6, 0.8, -1, 0]);
  assert.deepEqual(findLikest({ vectors, dimensions: 2 }), [1, 2]);
});
