import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf, heads, planYaml } from './scenario-folder.ts';
import type { Overrides } from '../../src/plan/resolve/plan-context.ts';

const remote = '{http: "http://api.example.com", allow: [api.example.com]}';

function scenario(phase: string, { target = remote, limits = '{}' } = {}): string {
  return `version: 1\nkind: load\nname: x\ntarget: ${target}\nlimits: ${limits}\nphases:\n  - {name: steady, for: 1s, ${phase}}\n`;
}

async function fault(yaml: string, overrides: Overrides = {}): Promise<string> {
  const found = heads(await faultsOf(yaml, { overrides }));
  assert.equal(found.length, 1, found.join('\n'));
  return found[0] ?? '';
}

test('another host gets at most 10000 requests a second and 1000 connections, unless they are raised', async () => {
  await planYaml(scenario('rate: 10000/s'));
  await planYaml(scenario('users: 1000'));
  assert.match(
    await fault(scenario('rate: 10001/s')),
    /10\.0k\/s is more than the 10\.0k\/s .*limits: \{maxRate: 10001\/s\} or --max-rate 10001/,
  );
  assert.match(
    await fault(scenario('users: 1001')),
    /1001 connections are more than the 1000 .*maxConnections: 1001\} or --max-connections 1001/,
  );
  assert.match(await fault(scenario('rate: 10/s, connections: 2000')), /2000 connections/);
  await planYaml(scenario('rate: 20000/s', { limits: '{maxRate: 20k/s}' }));
  await planYaml(scenario('users: 2000', { limits: '{maxConnections: 2000}' }));
  await planYaml(scenario('rate: 20000/s'), { overrides: { maxRatePerSecond: 20_000 } });
  await planYaml(scenario('users: 2000'), { overrides: { maxConnections: 2000 } });
});

test('the command line can also lower a cap that the scenario raises', async () => {
  const yaml = scenario('rate: 20000/s', { limits: '{maxRate: 50k/s}' });
  await planYaml(yaml);
  assert.match(await fault(yaml, { maxRatePerSecond: 15_000 }), /20\.0k\/s is more than the 15\.0k\/s/);
});

test('a search may not go beyond the cap either', async () => {
  const yaml = scenario('rate: 10/s');
  await planYaml(yaml, { overrides: { searchToRatePerSecond: 10_000 } });
  assert.match(await fault(yaml, { searchToRatePerSecond: 50_000 }), /50\.0k\/s is more than/);
});

test('connections are counted, not those who share one', async () => {
  const target = (more: string): string =>
    `{http: "https://api.example.com", allow: [api.example.com], ${more}}`;
  for (const more of ['protocol: http2, streams: 10', 'pipelining: 10']) {
    await planYaml(scenario('users: 10000', { target: target(more) }));
    assert.match(
      await fault(scenario('users: 10001', { target: target(more) })),
      /1001 connections are more/,
    );
    // each thread has connections of its own
    const overrides = { workers: 3 };
    await planYaml(scenario('users: 9990', { target: target(more) }), { overrides });
    assert.match(
      await fault(scenario('users: 10000', { target: target(more) }), overrides),
      /1002 connections are more/,
    );
  }
  assert.match(
    await fault(scenario('users: 2000', { target: target('newConnections: true') })),
    /2000 connections are more/,
  );
});

test('what counts is where a name leads, not how it reads', async () => {
  const yaml = scenario('rate: 20000/s');
  const at = (...addresses: string[]) => ({ lookup: () => Promise.resolve(addresses) });
  const plan = await planYaml(yaml, at('127.0.0.1', '::1'));
  assert.ok(plan.kind === 'load');
  // the name may come to mean another machine: the run looks again
  assert.equal(plan.target.loopbackOnly, true);
  for (const addresses of [['203.0.113.5'], ['127.0.0.1', '203.0.113.5'], []])
    assert.match(heads(await faultsOf(yaml, at(...addresses)))[0] ?? '', /is more than the 10\.0k\/s/);
  const localhost = scenario('rate: 20000/s', { target: '{http: "http://localhost:1"}' });
  assert.match(heads(await faultsOf(localhost, at('203.0.113.5')))[0] ?? '', /is more than the 10\.0k\/s/);
  const small = await planYaml(scenario('rate: 10/s'), {
    lookup: () => assert.fail('nothing to look up for'),
  });
  assert.ok(small.kind === 'load' && small.target.loopbackOnly === undefined);
});

test('this machine has no caps', async () => {
  for (const http of ['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1', 'builtin:demo'])
    await planYaml(scenario('rate: 100k/s, connections: 5000', { target: `{http: "${http}"}` }));
});
