import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { captureJson, harness, http, sent } from './harness.ts';
import type { StepFailure } from '../../../src/load/flows/exchange.ts';
import type { StepPlan } from '../../../src/model/plan.ts';

/** A request of a second step, once the first has captured `id` from {"id": value}. */
function withCapture(
  value: unknown,
  second: Partial<StepPlan>,
): ReturnType<ReturnType<typeof harness>['render']> {
  const { render, check, start } = harness([{ captures: [captureJson('id', 'id')] }, second]);
  const session = start(3, 2);
  render(0, session);
  assert.equal(check(0, session, http(JSON.stringify({ id: value }))), null);
  return render(1, session);
}

function bodyOf(rendered: string | StepFailure): string {
  const request = sent(rendered);
  return Buffer.from(request.slice(request.indexOf('\r\n\r\n') + 4), 'latin1').toString('utf8');
}

test('a value is percent-encoded in a path and comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
      const request = withCapture(value, { path: '/x/${captured:id}?v=${captured:id}' });
      assert.ok(typeof request === 'string');
      const [, path = ''] = request.split(' ', 2);
      const url = new URL(path, 'http://h');
      const wellFormed = value.toWellFormed();
      assert.equal(decodeURIComponent(path.slice(3, path.indexOf('?'))), wellFormed);
      assert.equal(url.searchParams.get('v'), wellFormed);
    }),
    { numRuns: 200 },
  );
});

test('a value in JSON is escaped, and keeps its type where it stands alone', () => {
  const json = '{"a":"${captured:id}","b":"x${captured:id}","c":["${captured:id}"],"${captured:id}":1}';
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.integer())), (value) => {
      const request = withCapture(value, { method: 'POST', body: json, bodyFormat: 'json' });
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      const expected = JSON.parse(
        `{"a":${JSON.stringify(value)},"b":${JSON.stringify(`x${text}`)},"c":[${JSON.stringify(value)}],${JSON.stringify(text)}:1}`,
      );
      assert.deepEqual(JSON.parse(bodyOf(request)), expected);
    }),
    { numRuns: 200 },
  );
});

test('a value in a form comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const request = withCapture(value, {
        method: 'POST',
        body: 'a=1&b=${captured:id}',
        bodyFormat: 'form',
      });
      assert.equal(new URLSearchParams(bodyOf(request)).get('b'), value);
      assert.match(sent(request), /\r\nContent-Type: application\/x-www-form-urlencoded\r\n/);
    }),
    { numRuns: 100 },
  );
});

test('a value with a line break cannot become another header', () => {
  const request = withCapture('a\r\nX-Evil: 1', { headers: [['x', '${captured:id}']] });
  assert.deepEqual(request, {
    failure: 'variable',
    detail:
      'the value of ${captured:id} holds a line break or another character that cannot stand in a header',
  });
});

test('a path that begins with a captured value follows it as a link of the same origin', () => {
  const path = '${captured:id}';
  assert.match(sent(withCapture('/next?page=2#top', { path })), /^GET \/next\?page=2 HTTP/);
  assert.match(sent(withCapture('http://127.0.0.1:8080/a b', { path })), /^GET \/a%20b HTTP/);
  for (const link of ['http://127.0.0.1:9/x', 'https://127.0.0.1:8080/', '//evil.test/x', 'javascript:1']) {
    const refused = withCapture(link, { path });
    assert.ok(typeof refused === 'object' && refused.failure === 'variable', link);
  }
});

test('the length of a body that changes is told in bytes', () => {
  const request = sent(withCapture('ü€', { method: 'PUT', body: '<${captured:id}>' }));
  assert.match(request, /\r\nContent-Length: 7\r\n/);
  assert.equal(bodyOf(request), '<ü€>');
});

test('counters, users and seeded values', () => {
  const step = { path: '/${user}/${iteration}/${random:5-7}/${uuid}/${uuid}' };
  const { render, start } = harness([step]);
  const pathOf = (text: string | StepFailure): string => sent(text).split(' ', 2)[1] ?? '';
  const parts = pathOf(render(0, start(4, 3)))
    .split('/')
    .slice(1);
  assert.deepEqual(parts.slice(0, 2), ['4', '2']);
  assert.ok(['5', '6', '7'].includes(parts[2] ?? ''));
  assert.match(parts[3] ?? '', /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.notEqual(parts[3], parts[4]);
  assert.equal(pathOf(harness([step]).render(0, start(4, 3))), `/${parts.join('/')}`);
  assert.notEqual(pathOf(harness([step], { seed: 2 }).render(0, start(4, 3))), `/${parts.join('/')}`);
});

test('no two users, flows or phases draw the same UUID', () => {
  const { render, start } = harness([{ path: '/${uuid}' }]);
  const seen = new Set<string>();
  for (let phase = 0; phase < 2; phase++) {
    for (let user = 0; user < 500; user++) {
      let session = start(user, 1, null, phase);
      for (let flows = 1; flows <= 10; flows++) {
        seen.add(sent(render(0, session)).split(' ', 2)[1] ?? '');
        session = start(user, flows + 1, session, phase);
      }
    }
  }
  assert.equal(seen.size, 2 * 500 * 10);
});

test('a secret is put in and is no variable, whatever it holds', () => {
  const env = { PW: '${user}"\\', USER: 'ü' };
  const { render, start } = harness(
    [
      {
        method: 'POST',
        path: '/${iteration}',
        body: '{"p":"${secret:PW}"}',
        bodyFormat: 'json',
        basicAuth: { user: '${secret:USER}', password: 'a:b' },
      },
    ],
    { env },
  );
  const request = render(0, start());
  assert.deepEqual(JSON.parse(bodyOf(request)), { p: env.PW });
  const [, basic = ''] = /Authorization: Basic (\S+)/.exec(sent(request)) ?? [];
  assert.equal(Buffer.from(basic, 'base64').toString(), 'ü:a:b');
});

test('a multipart body is what a parser of forms reads', async () => {
  const { render, start } = harness([
    {
      method: 'POST',
      content: {
        kind: 'multipart',
        parts: [
          { name: 'a"b', text: 'user ${user}' },
          { name: 'c', text: 'x\r\ny' },
        ],
      },
    },
  ]);
  const request = sent(render(0, start(9)));
  const [, type = ''] = /Content-Type: (.+)\r\n/.exec(request) ?? [];
  const form = await new Response(bodyOf(request), { headers: { 'content-type': type } }).formData();
  assert.deepEqual(
    [...form.entries()],
    [
      ['a"b', 'user 9'],
      ['c', 'x\r\ny'],
    ],
  );
});

test('a step without variables has no exchange, and one with cookies has', () => {
  assert.equal(harness([{}]).flows.steps[0]?.exchange, null);
  assert.equal(harness([{}]).flows.startSession(0, { phase: 0, user: 0, flows: 1 }, null), null);
  assert.notEqual(harness([{}], { flow: { cookies: true } }).flows.steps[0]?.exchange, null);
});
