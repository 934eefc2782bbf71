import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadScenarioFromUrl } from '../../src/plan/from/from-url.ts';
import { explainPlanOn } from '../../src/plan/explain.ts';
import { faultsOf, heads, planYaml } from './scenario-folder.ts';
import type { LoadPlan, LoadTarget } from '../../src/model/plan.ts';

const plainFlow = 'flows: [{name: f, steps: [{get: /}]}]';

function scenario(target: string, flows = plainFlow): string {
  return `version: 1\nkind: load\nname: x\ntarget: ${target}\nphases:\n  - {name: steady, for: 1s, users: 12}\n${flows}\n`;
}

async function planOf(target: string): Promise<LoadPlan> {
  const plan = await planYaml(scenario(target));
  assert.ok(plan.kind === 'load');
  return plan;
}

/** Without what every target has. */
async function speaks(target: string): Promise<Omit<LoadTarget, 'origin' | 'builtin' | 'allow'>> {
  const { origin: _origin, builtin: _builtin, allow: _allow, ...rest } = (await planOf(target)).target;
  return rest;
}

const http = 'http: "http://127.0.0.1:1"';
const https = 'http: "https://127.0.0.1:1"';

test('a target that says nothing is spoken to in HTTP/1.1 over connections that are kept alive', async () => {
  assert.deepEqual(await speaks(`{${http}}`), {});
  assert.deepEqual(await speaks(`{${https}}`), {});
  assert.deepEqual(await speaks(`{${http}, protocol: http1, pipelining: 1, newConnections: false}`), {});
});

test('TLS, HTTP/2, pipelining and new connections are in the plan as written', async () => {
  assert.deepEqual(await speaks(`{${https}, tls: {ca: ./ca.pem, servername: a.test}}`), {
    tls: { ca: './ca.pem', cert: null, key: null, insecure: false, servername: 'a.test', resume: false },
  });
  assert.deepEqual(await speaks(`{${https}, tls: {cert: c, key: k, insecure: true, resume: true}}`), {
    tls: { ca: null, cert: 'c', key: 'k', insecure: true, servername: null, resume: true },
  });
  assert.deepEqual(await speaks(`{${http}, protocol: http2, streams: 4}`), {
    protocol: 'http2',
    perConnection: 4,
  });
  assert.deepEqual(await speaks(`{${http}, pipelining: 3}`), { perConnection: 3 });
  assert.deepEqual(await speaks(`{${http}, newConnections: true}`), { newConnections: true });
});

test('what does not go together is refused with its place', async () => {
  for (const [target, place, message] of [
    [`{${http}, tls: {insecure: true}}`, 4, /`tls` goes with an https:\/\/ origin/],
    ['{http: "builtin:demo", tls: {}}', 4, /`tls` goes with an https:\/\/ origin/],
    [`{${https}, tls: {cert: c}}`, 4, /takes both `cert` and `key`/],
    [`{${http}, streams: 4}`, 4, /`streams` goes with `protocol: http2`/],
    [`{${http}, protocol: http2, pipelining: 4}`, 4, /with `protocol: http2` write `streams`/],
    [`{${http}, protocol: http2, newConnections: true}`, 4, /leave out `protocol: http2`/],
    [`{${http}, pipelining: 2, newConnections: true}`, 4, /leave out `pipelining`/],
    [`{${http}, pipelining: 0}`, 4, /1 to 1000|whole number/],
    [`{${http}, protocol: http3}`, 4, /did you mean `http1`/],
    [`{${https}, tls: {verify: false}}`, 4, /unknown key `verify`/],
  ] as const) {
    const found = heads(await faultsOf(scenario(target)));
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', message);
    assert.match(found[0] ?? '', new RegExp(`:${place}:`));
  }
});

test('the explanation says how the server is spoken to, and counts connections, not streams', async () => {
  const limits = { fileDescriptors: 1024, ports: { first: 1000, last: 1999 } };
  const lines = async (target: string): Promise<string[]> =>
    explainPlanOn(await planOf(target), limits)
      .split('\n')
      .filter((line) => /^ {2}(speaks|sockets)/.test(line));
  assert.deepEqual(await lines(`{${http}}`), [
    '  sockets      at most 12 at once; ulimit -n is 1024, 1000 local ports',
  ]);
  assert.deepEqual(await lines(`{${https}, protocol: http2, streams: 5, tls: {insecure: true}}`), [
    '  speaks       HTTP/2, 5 streams a connection, TLS, NOT VERIFIED',
    '  sockets      at most 3 at once; ulimit -n is 1024, 1000 local ports',
  ]);
  assert.deepEqual(await lines(`{${https}, newConnections: true, tls: {cert: c, key: k, resume: true}}`), [
    '  speaks       a new connection for each request, TLS, verified, with a client certificate, sessions resumed',
    '  sockets      at most 12 at once; ulimit -n is 1024, 1000 local ports',
  ]);
});

test('a URL on the command line says the same with its flags', () => {
  const { target, phases } = loadScenarioFromUrl('https://127.0.0.1:1/', {
    connections: 5,
    perConnection: 4,
    http2: true,
    tls: { insecure: true },
  });
  assert.deepEqual(target, {
    http: 'https://127.0.0.1:1',
    allow: [],
    tls: { insecure: true },
    protocol: 'http2',
    streams: 4,
  });
  assert.equal(phases[0]?.users, 20);
  const pipelined = loadScenarioFromUrl('http://127.0.0.1:1/', {
    connections: 5,
    perConnection: 4,
    rate: 10,
  });
  assert.deepEqual([pipelined.target.pipelining, pipelined.phases[0]?.connections], [4, 20]);
  assert.equal(
    loadScenarioFromUrl('http://127.0.0.1:1/', { newConnections: true }).target.newConnections,
    true,
  );
});
