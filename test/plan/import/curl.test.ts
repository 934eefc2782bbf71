import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PerfkitError } from '../../../src/model/errors.ts';
import { shellCommands } from '../../../src/plan/import/curl/shell-words.ts';
import { headersOf, imported, planned, stepsOf } from './imported.ts';

const words = (text: string): string[][] =>
  shellCommands(text, 'input', (name) => `<${name}>`).map((command) => command.map((word) => word.text));

describe('shell words', () => {
  test('quotes, escapes, continued lines, comments and variables are read as a shell does', () => {
    assert.deepEqual(words(`a 'b c' "d \\" \\n $E \${F}" g\\ h "" # no\ni`), [
      ['a', 'b c', 'd " \\n <E> <F>', 'g h', ''],
      ['i'],
    ]);
    assert.deepEqual(words('a \\\n  b \\\r\n c; d && e | f & g'), [
      ['a', 'b', 'c'],
      ['d'],
      ['e'],
      ['f'],
      ['g'],
    ]);
    assert.deepEqual(words("$'a\\'b\\n\\x41\\u00e9\\U0001F600\\101\\\\' a$b'c'd"), [
      ["a'b\nA\u00e9\u{1f600}A\\", 'a<b>cd'],
    ]);
    assert.deepEqual(words('a > out.txt 2>&1 b 2> err'), [['a', 'b']]);
    assert.deepEqual(words('a#b $ 5$'), [['a#b', '$', '5$']]);
  });

  test('what would have to be run or read is refused with its line', () => {
    const refused = (text: string, message: RegExp): void => assert.throws(() => words(text), message);
    refused('a\nb $(date)', /^PerfkitError: input:2: expected no command as in/);
    refused('a `date`', /backquotes/);
    refused('a "`date`"', /backquotes/);
    refused('a <<EOF', /here-document/);
    refused("a 'b", /input:1: expected ' to end/);
    refused('a\n"b\nc', /input:2: expected " to end/);
    refused("a $'b", /to end what a \$'/);
    refused('${a:-b}', /plain variable/);
    refused('curl ^"http://h^"', /Windows command prompt/);
  });

  test('any words survive each way of quoting them', () => {
    const single = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
    const double = (text: string): string => `"${text.replace(/[$`"\\]/g, '\\$&')}"`;
    const ansi = (text: string): string =>
      `$'${text.replace(/[\\']/g, '\\$&').replace(/[^ -~]/gu, (char) => `\\U${(char.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`)}'`;
    const quoted = fc.tuple(fc.string({ unit: 'binary' }), fc.constantFrom(single, double, ansi));
    fc.assert(
      fc.property(fc.array(quoted, { minLength: 1 }), (all) => {
        const texts = all.map(([text]) =>
          text.toWellFormed().replaceAll('\r\n', '\n').replaceAll('\u0000', ''),
        );
        const line = texts.map((text, index) => all[index]?.[1](text)).join(' \\\n ');
        assert.deepEqual(words(line), [texts]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('curl commands', () => {
  test('as Chrome copies them: method by the data, headers, $-quoted body', async () => {
    const [step] = await stepsOf(
      'curl',
      `curl 'http://shop.example/api/cart?x=1' \\
  -X 'PUT' \\
  -H 'accept: application/json, text/plain, */*' \\
  -H 'content-type: application/json' \\
  -b 'sid=9f8e7d6c5b4a; lang=en' \\
  -H 'sec-ch-ua: "Chromium";v="139"' \\
  --data-raw $'{"note":"it\\'s \\u00fc","qty":2}' \\
  --insecure`,
    );
    assert.deepEqual([step?.method, step?.path], ['PUT', '/api/cart?x=1']);
    assert.deepEqual(headersOf(step!), {
      accept: 'application/json, text/plain, */*',
      cookie: '${secret:LOAD_COOKIE}',
      'content-type': 'application/json',
    });
    assert.deepEqual(JSON.parse(step?.body ?? ''), { note: "it's \u00fc", qty: 2 });
  });

  test('as Firefox and Safari copy them, several at once', async () => {
    const steps = await stepsOf(
      'curl',
      `curl 'http://127.0.0.1/a' --compressed -H 'User-Agent: Mozilla/5.0' -H 'Connection: keep-alive' -H 'Priority: u=0' ;
curl "http://127.0.0.1/b" \\
-X POST \\
-H 'Content-Type: application/x-www-form-urlencoded' \\
--data 'a=1&csrf=8s7d6f5g4h' &
curl -sSL -o /dev/null -w '%{http_code}' 127.0.0.1/c | jq . > out.json`,
    );
    assert.deepEqual(
      steps.map(({ method, path, body }) => [method, path, body]),
      [
        ['GET', '/a', null],
        ['POST', '/b', 'a=1&csrf=${secret:LOAD_CSRF}'],
        ['GET', '/c', null],
      ],
    );
    assert.deepEqual(headersOf(steps[0]!), {
      'user-agent': 'Mozilla/5.0',
      'accept-encoding': 'deflate, gzip, br, zstd',
    });
  });

  const requests: Readonly<Record<string, readonly [string, string, string, string | null]>> = {
    'data parts are joined': ['curl -d a=1 -d b=2 h/', 'POST', '/', 'a=1&b=2'],
    '-G puts data into the query': [
      'curl -G -d a=1 --data-urlencode "b=x y&" h/p?z=0',
      'GET',
      '/p?z=0&a=1&b=x%20y%26',
      null,
    ],
    '-I is HEAD': ['curl -I h/', 'HEAD', '/', null],
    '--json posts JSON': [`curl --json '{"a":1}' h/`, 'POST', '/', '{"a":1}'],
    '-X wins': ['curl -XDELETE h/7', 'DELETE', '/7', null],
    'letters may be joined': ['curl -sSXPATCH -dx h/', 'PATCH', '/', 'x'],
    '--url names the address': ['curl --url http://h:81/u', 'GET', '/u', null],
    'data-raw is no file': ['curl --data-raw @x h/', 'POST', '/', '@x'],
  };
  for (const [name, [text, method, path, body]] of Object.entries(requests)) {
    test(name, async () => {
      const steps = await stepsOf('curl', text);
      assert.deepEqual(
        steps.map((step) => [step.method, step.path, step.body]),
        [[method, path, body]],
      );
    });
  }

  test('a form with text fields is multipart, its files are left out and said', async () => {
    const result = imported(
      'curl',
      `curl -F 'a=1;type=text/plain' --form-string 'password=p4ssw0rdp4ss' -F f=@photo.jpg h/up`,
    );
    const [step] = (await planned(result)).flows[0]?.steps ?? [];
    assert.equal(headersOf(step!)['content-type'], 'multipart/form-data; boundary=perfkit-form');
    assert.equal(
      step?.body,
      '--perfkit-form\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain\r\n\r\n1\r\n' +
        '--perfkit-form\r\nContent-Disposition: form-data; name="password"\r\n\r\n${secret:LOAD_PASSWORD}\r\n--perfkit-form--\r\n',
    );
    assert.match(result.notes.join('\n'), /file of the form field "f" is not read/);
  });

  test('users, tokens and shell variables are secrets, named so that no other variable is read', async () => {
    const result = imported(
      'curl',
      `curl -u ann:opensesame1 h/a
curl -H "Authorization: Bearer $AWS_SECRET_ACCESS_KEY" h/b?token=$TOKEN
curl -H 'X-Auth-Token: 1a2b3c4d5e' --oauth2-bearer qwertyuiop "http://bob:passw0rd99@h/c"
curl -u "bob:$PASS" h/d`,
    );
    for (const secret of [
      'opensesame1',
      '1a2b3c4d5e',
      'qwertyuiop',
      'passw0rd99',
      Buffer.from('ann:opensesame1').toString('base64'),
    ])
      assert.ok(!result.yaml.includes(secret), secret);
    const [a, b, c, d] = (await planned(result)).flows[0]?.steps ?? [];
    assert.match(headersOf(a!)['authorization'] ?? '', /^Basic \$\{secret:LOAD_BASIC_CREDENTIALS/);
    assert.equal(headersOf(b!)['authorization'], 'Bearer ${secret:LOAD_AWS_SECRET_ACCESS_KEY}');
    assert.equal(b?.path, '/b?token=${secret:LOAD_TOKEN}');
    assert.equal(headersOf(c!)['authorization'], 'Bearer ${secret:LOAD_BEARER_TOKEN}');
    assert.match(headersOf(d!)['authorization'] ?? '', /^Basic \$\{secret:LOAD_BASIC_CREDENTIALS/);
    assert.ok(result.secrets.every((name) => name.startsWith('LOAD_')));
  });

  test('what cannot be known is refused or said, with its line', () => {
    const refused = (text: string, message: RegExp): void =>
      assert.throws(
        () => imported('curl', text),
        (error) => error instanceof PerfkitError && message.test(error.message),
      );
    refused('', /expected a curl command such as/);
    refused('wget http://h/', /expected a curl command such as/);
    refused('curl -H a:b', /input:1: expected a URL in this curl command/);
    refused(
      '\ncurl --frobnicate h',
      /input:2: expected an option of curl that says what is sent, got --frobnicate/,
    );
    refused('curl h -d', /expected a value after -d/);
    refused('curl "http://$HOST/"', /got a shell variable: write the host/);
    refused('curl "http://[::1/"', /expected a URL, got/);
    assert.match(
      imported('curl', 'curl -d @body.json h/').notes.join(),
      /body comes from a file, which is not read/,
    );
    assert.match(imported('curl', 'curl -kL h/').notes.join(), /not to verify certificates.*redirects/);
  });

  test('whatever text comes, there is a scenario that is sound or a PerfkitError', async () => {
    const word = fc.oneof(
      fc.constantFrom(
        'curl',
        '-H',
        '-d',
        '-X',
        '-u',
        '-b',
        '-F',
        '-G',
        '--json',
        '--data-raw',
        'http://h/',
        'h/x?y=1',
        '-k',
        '--next',
        '-',
        '--',
        ';',
        '\n',
        "'",
        '"',
        '$',
        '\\',
        '${',
        '$A',
        '|',
        '>',
        '@f',
        'a=b',
        'A: b',
      ),
      fc.string({ unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word), async (all) => {
        try {
          await planned(imported('curl', `curl h/ ${all.join(' ')}`));
        } catch (error) {
          assert.ok(error instanceof PerfkitError, error instanceof Error ? error.stack : '');
          assert.doesNotMatch(error.message, /x\.perfkit\.yaml/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
