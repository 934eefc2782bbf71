import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startResources } from '../../../src/measure/resources.ts';
import { takeTurns, withoutStandingStill } from '../../../src/bench/samplers/take-turns.ts';

test('a turn lasts 5 ms, and what lies between two is told and counts as standing still', async () => {
  let ns = 0;
  let passed = 0;
  const pass = (): Promise<void> => {
    passed++;
    ns += 7e6;
    return Promise.resolve();
  };
  const turns = takeTurns(pass, () => ns);
  ns += 4.9e6;
  assert.equal(turns.betweenSlices(), undefined);
  ns += 0.1e6;
  assert.equal(await turns.betweenSlices(), 7e6);
  assert.equal(turns.betweenSlices(), undefined);
  ns += 20e6;
  assert.equal(await turns.betweenSlices(), 7e6);
  assert.deepEqual([passed, turns.stoodStill().wallNs], [2, 14e6]);
  turns.reset();
  assert.deepEqual(turns.stoodStill(), { wallNs: 0, cpuNs: 0 });
});

test('the share of a core that a process had is that of its own turns', () => {
  const meter = startResources();
  const sample = { ...meter.sample(), wallNs: 300e6, cpuNs: 151e6, gcCount: 3 };
  meter.stop();
  const own = withoutStandingStill(sample, { wallNs: 150e6, cpuNs: 1e6 });
  assert.deepEqual([own.cpuNs / own.wallNs, own.gcCount], [1, 3]);
});
