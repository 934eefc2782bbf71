import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { perfkit } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import type { AddressInfo } from 'node:net';

/** Every command and every scenario of the README is run as it stands, on a server and files of this test. */

const root = join(import.meta.dirname, '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const server = createServer((_, response) => response.end('{"items":[]}'));
const cwd = temporaryFolder();
let origin = '';

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [bench = '', load = '', shop = ''] = Array.from(
    readme.matchAll(/```yaml\n([\s\S]*?)```/g),
    (match) => match[1],
  );
  writeFileSync(join(cwd, 'my.perfkit.yaml'), bench);
  writeFileSync(join(cwd, 'api.perfkit.yaml'), load);
  writeFileSync(join(cwd, 'shop.perfkit.yaml'), shop);
  writeFileSync(join(cwd, 'wanted.csv'), 'id\n1\n2\n3\n');
  const work = (size: number): string =>
    `export function parse(): unknown { return JSON.parse(JSON.stringify(Array.from({ length: ${size} }, (_, i) => i))); }\n`;
  writeFileSync(join(cwd, 'parse.ts'), work(100));
  writeFileSync(join(cwd, 'parse-old.ts'), work(300));
});
after(() => {
  server.closeAllConnections();
  server.close();
});

/** Lines of the shell blocks and code in tables that start with (npx) perfkit. */
function commands(): string[] {
  const blocks = Array.from(readme.matchAll(/```sh\n([\s\S]*?)```/g), (match) => match[1] ?? '').join('\n');
  const lines = blocks.split('\n').map((line) =>
    line
      .replace(/\s+#.*$/, '')
      .replace(/^npm ci && /, '')
      .trim(),
  );
  const inline = Array.from(readme.matchAll(/^\|.*/gm), (row) => row[0]).flatMap((row) =>
    Array.from(row.matchAll(/`(perfkit [^`]+)`/g), (match) => match[1] ?? ''),
  );
  const all = [...lines, ...inline]
    .filter((line) => /^(npx )?perfkit /.test(line))
    .map((line) => line.replace(/^npx /, '').replace(/ \|.*$/, ''));
  return [...new Set(all)];
}

/** What makes a command that measures short; options that the README gives come before and are replaced. */
const quickly: Readonly<Record<string, readonly string[]>> = {
  bench: ['--profile', 'quick'],
  load: ['--profile', 'quick'],
  serve: ['--port', '0'],
  capacity: ['--from', '2000', '--max', '4000', '--step', '500ms', '--soak', '500ms', '--pause', '10ms'],
};
let saved = '';

test('the README names the commands that it should', () => {
  const found = commands();
  assert.ok(found.length >= 14, found.join('\n'));
  for (const name of [
    'bench',
    'load',
    'capacity',
    'report',
    'plan',
    'validate',
    'list',
    'targets',
    'doctor',
  ]) {
    assert.ok(
      found.some((command) => command.startsWith(`perfkit ${name}`)),
      name,
    );
  }
});

for (const command of commands()) {
  test(`README: ${command}`, async () => {
    const [, name = '', ...rest] = command.split(' ');
    const args = rest.map((arg) =>
      arg
        .replace('http://127.0.0.1:8080', origin)
        .replace('reports/<run>', saved === '' ? 'absent' : saved)
        .replace(/^FILE$/, 'my.perfkit.yaml'),
    );
    const short = quickly[name];
    const serving = name === 'serve';
    const running = short !== undefined && !serving;
    if (running && saved === '') saved = 'out';
    const { code, stdout, stderr } = await perfkit(
      [
        name,
        ...args,
        ...(short ?? []),
        ...(running ? ['--out', name === 'capacity' ? 'capacity' : 'out'] : []),
      ],
      {
        cwd,
        env: { BASE_URL: origin, API_TOKEN: 'a-token' },
        limitMs: 120_000,
        // it goes on until it is told to stop
        ...(serving && { interrupt: { signal: 'SIGTERM', when: /^configuration/m } }),
      },
    );
    // a busy machine may fail a limit or a check: that the command works is what is tested here
    const busy = running ? [3, 5] : name === 'doctor' ? [5] : serving ? [143] : [];
    assert.ok([0, ...busy].includes(code ?? -1), `exit ${code}\n${stdout}\n${stderr}`);
    assert.notEqual(stdout, '');
  });
}

test('README: the load scenario in full runs, and its operations succeed', async () => {
  const args = ['load', 'shop.perfkit.yaml', '--profile', 'quick', '--json', '--quiet', '--out', 'shop'];
  const { code, stdout, stderr } = await perfkit(args, { cwd, limitMs: 120_000 });
  assert.ok([0, 3, 5].includes(code ?? -1), stderr);
  const { series, errors } = JSON.parse(stdout);
  assert.deepEqual(errors, []);
  for (const metric of ['response_time', 'ws_round_trip', 'sse_first_event'])
    assert.ok(
      series.some((one: { metric: string; count: number }) => one.metric === metric && one.count > 0),
      metric,
    );
});
