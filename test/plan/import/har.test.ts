import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PerfkitError } from '../../../src/model/errors.ts';
import { isSecretName, isSecretNumber } from '../../../src/plan/import/secret-names.ts';
import { fixture, har, headersOf, imported, planned, stepsOf } from './imported.ts';

describe("a browser's HTTP archive", () => {
  test('Chrome: the requests to the first host in order, without static files, other hosts and unanswered ones', async () => {
    const result = imported('har', fixture('chrome.har'));
    const [page, items, login, ...rest] = (await planned(result)).flows.flatMap(({ steps }) => steps);
    assert.deepEqual(rest, []);
    assert.ok(page && items && login);
    assert.deepEqual([page.method, page.path, page.expectStatus], ['GET', '/', [200]]);
    assert.deepEqual(Object.keys(headersOf(page)), [
      'accept',
      'accept-encoding',
      'accept-language',
      'cookie',
      'user-agent',
    ]);
    assert.equal(headersOf(page)['cookie'], '${secret:LOAD_COOKIE}');
    assert.equal(items.path, '/api/items?page=2&access_token=${secret:LOAD_ACCESS_TOKEN}');
    assert.deepEqual(headersOf(items), {
      authorization: 'Bearer ${secret:LOAD_BEARER_TOKEN}',
      accept: 'application/json',
    });
    assert.deepEqual(items.expectStatus, [200, 304]);
    assert.deepEqual(JSON.parse(login.body ?? ''), {
      user: 'ann',
      password: '${secret:LOAD_PASSWORD}',
      remember: true,
    });
    assert.deepEqual([login.bodyFormat, login.expectStatus], ['json', [201]]);
    assert.equal(headersOf(login)['x-csrf-token'], '${secret:LOAD_X_CSRF_TOKEN}');
    assert.equal(headersOf(login)['content-length'], undefined);
    const notes = result.notes.join('\n');
    assert.match(notes, /2 static files; --static/);
    assert.match(notes, /1 requests without a reply/);
    assert.match(notes, /1 request \(other hosts; --host chooses another\): api\.other\.example/);
    assert.match(result.yaml, /# 3\.3 s after the one before/);
  });

  test('no secret of the recording is in the scenario or in what is said about it', () => {
    const { yaml, notes } = imported('har', fixture('chrome.har'));
    const secrets = [
      'k3v9q8w7e6r5t4y3',
      'q1w2e3r4t5y6',
      'eyJhbGciOi',
      'correct horse',
      'c5r6f7t8o9k0e1n2',
      '1234567890.17',
    ];
    for (const secret of secrets) assert.ok(!`${yaml}${notes.join()}`.includes(secret), secret);
  });

  test('Firefox: a form, a redirect and a loopback server that needs no allow', async () => {
    const result = imported('har', fixture('firefox.har'));
    const plan = await planned(result);
    assert.deepEqual(plan.target, { ...plan.target, origin: 'http://127.0.0.1:8080', allow: [] });
    const [first, login, home] = plan.flows.flatMap(({ steps }) => steps);
    assert.deepEqual(Object.keys(headersOf(first!)), ['user-agent']);
    assert.equal(login?.body, 'user=ann+lee&password=${secret:LOAD_PASSWORD}');
    assert.deepEqual(login?.expectStatus, [302]);
    assert.equal(home?.path, '/home?q=caf%C3%A9%20{x}');
    assert.ok(!result.yaml.includes('tr0ub4dor'));
  });

  test('--static keeps files, --host chooses another host', async () => {
    const all = await stepsOf('har', fixture('firefox.har'), { keepStatic: true });
    assert.deepEqual(all.map(({ path }) => path).slice(0, 2), ['/login', '/app.js']);
    const other = await stepsOf('har', fixture('chrome.har'), { host: 'api.other.example' });
    assert.deepEqual(
      other.map(({ path }) => path),
      ['/v1/rates'],
    );
    assert.throws(
      () => imported('har', fixture('chrome.har'), { host: 'absent.example' }),
      /there are shop\.example, api\.other\.example/,
    );
  });

  test('a host elsewhere over http is named in allow, one over a scheme that cannot be loaded yet is not', async () => {
    const plan = await planned(imported('har', har([{ url: 'http://shop.example:81/a' }])));
    assert.deepEqual([plan.target.origin, plan.target.allow], ['http://shop.example:81', ['shop.example']]);
  });

  test('bodies: JSON stays JSON, numbers that JavaScript rounds and other text stay as they are, binary is left out', async () => {
    const json: [string, string][] = [['content-type', 'application/json']];
    const url = 'http://127.0.0.1/x';
    const steps = await stepsOf(
      'har',
      har([
        { method: 'POST', url, headers: json, body: '{"a":[1,"b",null]}' },
        { method: 'POST', url, headers: json, body: '{"id":12345678901234567890}' },
        { method: 'POST', url, headers: json, body: '{ "a": "${env:HOME}" }' },
        {
          method: 'POST',
          url,
          headers: [['content-type', 'text/plain']],
          body: 'line 1\nline 2: {"unbalanced": [[[',
        },
        { method: 'POST', url, headers: [['content-type', 'text/plain']], body: 'costs ${price}' },
        { method: 'POST', url, body: 'GIF89a\u0000\u0001' },
      ]),
    );
    assert.deepEqual(
      steps.map(({ body, bodyFormat }) => [body, bodyFormat]),
      [
        ['{"a":[1,"b",null]}', 'json'],
        ['{"id":12345678901234567890}', 'text'],
        ['{ "a": "\\u0024{env:HOME}" }', 'text'],
        ['line 1\nline 2: {"unbalanced": [[[', 'text'],
      ],
    );
  });

  test('more than 100 requests: the first 100, and the others are counted', async () => {
    const result = imported(
      'har',
      har(Array.from({ length: 130 }, (_, index) => ({ url: `http://127.0.0.1/${index}` }))),
    );
    assert.equal(result.steps, 100);
    assert.match(result.notes.join('\n'), /Left out, 30 requests \(a flow has at most 100 steps\)/);
    await planned(result);
  });
});

describe('an archive that is wrong', () => {
  const cases: Readonly<Record<string, [string, RegExp]>> = {
    'no JSON': ['{"log": {\n  "entries": [1,]}}', /^input:2:17: expected an HTTP archive/],
    'cut off': ['{"log": {"entries": [', /^input:1:22: expected an HTTP archive/],
    'a list': ['[]', /^input: \$: expected a map, got a list of 0/],
    'no entries': ['{"log":{}}', /^input: \$\.log\.entries: expected a list, got nothing/],
    'a request without a URL': [
      '{"log":{"entries":[{"request":{"method":"GET","url":7}}]}}',
      /\$\.log\.entries\[0\]\.request\.url: expected a text, got 7/,
    ],
    'no request that can be loaded': [
      har([{ url: 'data:text/plain,x' }]),
      /expected a request over http or https/,
    ],
    'nothing left': [
      har([{ url: 'http://127.0.0.1/', method: 'PROPFIND' }]),
      /no request to import is left:\n.*its method/,
    ],
  };
  for (const [name, [text, message]] of Object.entries(cases)) {
    test(`${name}: refused with its place`, () => {
      assert.throws(
        () => imported('har', text),
        (error) => error instanceof PerfkitError && message.test(error.message),
      );
    });
  }

  test('the message does not show what stands in the file', () => {
    assert.throws(
      () => imported('har', '{"password": hunter2hunter2}'),
      (error) => error instanceof Error && !error.message.includes('hunter2'),
    );
  });

  test('whatever JSON comes, there is a scenario that is sound or a PerfkitError', async () => {
    const entry = fc.record(
      {
        startedDateTime: fc.oneof(fc.string(), fc.constant('2026-01-01T00:00:00Z')),
        time: fc.oneof(fc.double(), fc.string()),
        request: fc.record({
          method: fc.oneof(fc.constantFrom('GET', 'post', 'DELETE'), fc.string()),
          url: fc.oneof(
            fc.webUrl({ withQueryParameters: true, withFragments: true }),
            fc.string(),
            fc.constant('http://h/'),
          ),
          headers: fc.array(
            fc.record({
              name: fc.oneof(fc.string(), fc.constantFrom('Cookie', '__proto__', 'constructor')),
              value: fc.string({ unit: 'binary' }),
            }),
          ),
          postData: fc.option(fc.record({ text: fc.oneof(fc.json(), fc.string({ unit: 'binary' })) }), {
            nil: undefined,
          }),
        }),
        response: fc.oneof(fc.jsonValue(), fc.record({ status: fc.integer() })),
      },
      { requiredKeys: ['request'] },
    );
    const document = fc.oneof(
      { weight: 1, arbitrary: fc.jsonValue() },
      { weight: 6, arbitrary: fc.record({ log: fc.record({ entries: fc.array(entry, { maxLength: 6 }) }) }) },
    );
    await fc.assert(
      fc.asyncProperty(document, async (value) => {
        try {
          await planned(imported('har', JSON.stringify(value)));
        } catch (error) {
          assert.ok(error instanceof PerfkitError, String(error));
          // What was written is never at fault.
          assert.doesNotMatch(error.message, /x\.perfkit\.yaml/);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** Whether something in it goes by the name of a secret, which is not written down. */
function namesSecret(json: string): boolean {
  let found = false;
  JSON.parse(json, (name: string, value: unknown) => {
    found ||= isSecretName(name) || isSecretNumber(name);
    return value;
  });
  return found;
}

test('what was recorded is what is sent: method, path, headers and body of any request without secrets', async () => {
  const plainText = fc
    .string({ unit: 'grapheme', maxLength: 40 })
    .filter((text) => text !== '' && !text.includes('${') && text.isWellFormed());
  const request = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
    path: fc.array(plainText, { maxLength: 4 }).map(
      (parts) =>
        `/${parts
          .map(encodeURIComponent)
          .filter((part) => !/^\.+$/.test(part))
          .join('/')}`,
    ),
    accept: fc.stringMatching(/^[!-#%-~]([ -#%-~]{0,20}[!-#%-~])?$/),
    body: fc.oneof(
      plainText.map((text) => ({ type: 'text/plain', text: `note ${text}` })),
      fc
        .jsonValue({ maxDepth: 4 })
        .map((value) => ({ type: 'application/json', text: JSON.stringify({ value }) })),
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 5 }), async (requests) => {
      const safe = requests.filter(
        ({ body }) =>
          !/[\u0000-\u0008\u000b\u000e-\u001f\u007f\ufffd]|\$\{|__proto__/.test(body.text) &&
          body.text.isWellFormed() &&
          !(body.type === 'application/json' && namesSecret(body.text)),
      );
      if (safe.length === 0) return;
      const text = har(
        safe.map(({ method, path, accept, body }) => ({
          method,
          url: `http://127.0.0.1:81${path}`,
          headers: [
            ['accept', accept],
            ['content-type', body.type],
          ],
          body: body.text,
        })),
      );
      const steps = await stepsOf('har', text);
      assert.equal(steps.length, safe.length);
      for (const [index, { method, path, accept, body }] of safe.entries()) {
        const step = steps[index];
        assert.deepEqual(
          [step?.method, step?.path, step?.body],
          [method, new URL(`http://h${path}`).pathname, body.text],
        );
        assert.deepEqual(headersOf(step!), { accept, 'content-type': body.type });
      }
    }),
    { numRuns: 150 },
  );
});

test('no secret, however it is encoded, gets into the scenario', async () => {
  const secret = fc.stringMatching(/^[!-:<-~]{10,30}$/).map((text) => `zq${text}`);
  await fc.assert(
    fc.asyncProperty(fc.array(secret, { minLength: 8, maxLength: 8 }), async (secrets) => {
      const [bearer = '', cookie = '', key = '', query = '', json = '', form = '', user = '', deep = ''] =
        secrets;
      const encoded = encodeURIComponent(query);
      const text = har([
        { url: `http://127.0.0.1/early/${encodeURIComponent(bearer)}?x=${encodeURIComponent(json)}` },
        {
          url: `http://127.0.0.1/a?api_key=${encoded}&b=1`,
          headers: [
            ['Authorization', `Bearer ${bearer}`],
            ['X-Api-Key', key],
            ['X-Note', `again ${key}`],
          ],
        },
        {
          url: 'http://127.0.0.1/b',
          headers: [
            ['Cookie', `session=${cookie}; theme=dark`],
            ['X-Copy', cookie],
          ],
        },
        {
          method: 'POST',
          url: 'http://127.0.0.1/c',
          headers: [['content-type', 'application/json']],
          body: JSON.stringify({ password: json, deep: { client_secret: [deep] }, copy: bearer }),
        },
        {
          method: 'POST',
          url: 'http://127.0.0.1/d',
          headers: [['content-type', 'application/x-www-form-urlencoded']],
          body: `user=x&passwd=${encodeURIComponent(form)}`,
        },
        {
          url: 'http://127.0.0.1/e',
          headers: [
            ['Authorization', `Basic ${Buffer.from(`ann:${user}`).toString('base64')}`],
            ['X-Copy', user],
          ],
        },
      ]);
      const result = imported('har', text);
      const shown = `${result.yaml}\n${result.notes.join('\n')}`;
      for (const one of secrets) {
        for (const form_ of [
          one,
          encodeURIComponent(one),
          JSON.stringify(one).slice(1, -1),
          Buffer.from(`ann:${one}`).toString('base64'),
        ])
          assert.ok(!shown.includes(form_), `${form_}\n${shown}`);
      }
      assert.equal((await planned(result)).flows[0]?.steps.length, result.steps);
    }),
    { numRuns: 150 },
  );
});

describe('an archive that is made to be slow or large', () => {
  const filler = (piece: string): string => piece.repeat(Math.ceil(250_000 / piece.length)).slice(0, 250_000);
  const pieces = [
    'eyJ',
    'eyJaaaaaaaa.',
    'name="token"\r\n',
    '<password>',
    '"password":"',
    '${',
    '[',
    '{"a":',
    '- ',
    'a=b&token=c&',
    '\ud83d\ude00',
    'AIza',
    '"a" :  ',
  ];

  test('bodies that make patterns go back and forth, or grow when they are written, still fit', async () => {
    const types = [
      'application/json',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ];
    const requests = pieces.flatMap((piece) =>
      types.map((type) => ({
        method: 'POST',
        url: 'http://127.0.0.1/x',
        headers: [['content-type', type]] as const,
        body: filler(piece),
      })),
    );
    const result = imported('har', har([{ url: 'http://127.0.0.1/' }, ...requests]));
    assert.ok(Buffer.byteLength(result.yaml) < 1024 ** 2);
    await planned(result);
  });

  test('many values, secrets and names are refused or left out', async () => {
    const values = `[${Array.from({ length: 100_000 }, () => '1').join(',')}]`;
    const json: [string, string][] = [['content-type', 'application/json']];
    const url = 'http://127.0.0.1/x';
    const result = imported(
      'har',
      har([{ url }, { method: 'POST', url, headers: json, body: values }, { url }]),
    );
    assert.match(result.notes.join('\n'), /at most 100,000 values/);
    assert.equal((await planned(result)).flows[0]?.steps.length, 2);
    const secrets = Array.from({ length: 500 }, (_, index) => ({
      url: `${url}?token=secret-${index}-value`,
    }));
    assert.equal(imported('har', har(secrets)).steps, 100);
    const keys = JSON.stringify(
      Object.fromEntries(secrets.map((_, index) => [`password${index}`, `secret-${index}-value`])),
    );
    assert.throws(() => imported('har', har([{ method: 'POST', url, body: keys }])), PerfkitError);
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    assert.match(
      imported('har', har([{ url }, { method: 'POST', url, body: deep }])).notes.join(),
      /nested too deep/,
    );
  });
});
