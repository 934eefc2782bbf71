import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { AddressInfo } from 'node:net';
import { perfkit } from '../helpers/cli.ts';
import { write } from '../helpers/git-repository.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** A registry of one package in two versions, of which the second takes sixty times as long. */
const server = createServer((request, response) => {
  const tarball = /^\/files\/(\d)\.tgz$/.exec(request.url ?? '')?.[1];
  if (tarball !== undefined) response.end(tarballs.get(tarball));
  else if (request.url === '/sum-of') response.end(JSON.stringify(packument()));
  else response.writeHead(404).end('{}');
});
const tarballs = new Map<string, Buffer>();
let origin = '';

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${isAddress(address) ? address.port : 0}`;
  for (const [major, factor] of [
    ['1', 1],
    ['2', 60],
  ] as const)
    tarballs.set(major, pack(major, factor));
});
after(() => {
  server.closeAllConnections();
  server.close();
});

function isAddress(value: unknown): value is AddressInfo {
  return typeof value === 'object' && value !== null && 'port' in value;
}

function manifest(major: string): Readonly<Record<string, string>> {
  return { name: 'sum-of', version: `${major}.0.0`, type: 'module', main: 'index.js' };
}

function pack(major: string, factor: number): Buffer {
  const folder = temporaryFolder();
  write(folder, {
    'package/package.json': JSON.stringify(manifest(major)),
    'package/index.js': `export function sum(index) {
  let total = index;
  for (let turn = 0; turn < ${1000 * factor}; turn++) total = (Math.imul(total, 31) + turn) | 0;
  return total;
}
`,
  });
  execFileSync('tar', ['-czf', 'package.tgz', 'package'], { cwd: folder });
  return readFileSync(join(folder, 'package.tgz'));
}

function packument(): unknown {
  const versions = Array.from(tarballs, ([major, tarball]) => {
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const dist = { tarball: `${origin}/files/${major}.tgz`, integrity };
    return [`${major}.0.0`, { ...manifest(major), dist }] as const;
  });
  return { name: 'sum-of', 'dist-tags': { latest: '2.0.0' }, versions: Object.fromEntries(versions) };
}

function inProject(): { cwd: string; env: Readonly<Record<string, string>> } {
  const cwd = temporaryFolder();
  writeFileSync(
    join(cwd, 'sum.perfkit.yaml'),
    `version: 1
kind: bench
name: sum
subjects:
  - {name: direct, call: "sum-of#sum"}
  - {name: adapted, call: "./adapter.mjs#run"}
run: {warmup: 20ms, for: 100ms}
`,
  );
  writeFileSync(
    join(cwd, 'adapter.mjs'),
    "import { sum } from 'sum-of';\nexport const run = (index) => sum(index);\n",
  );
  return { cwd, env: { npm_config_registry: origin, npm_config_cache: join(cwd, 'cache') } };
}

const short = ['--profile', 'full', '--pairs', '10', '--gate', 'op_duration', '--out', 'out'];

test('two versions of a package are compared, in whatever module of the scenario imports it', async () => {
  const options = inProject();
  const versions = ['--base', 'npm:sum-of@1.0.0', '--head', 'npm:sum-of@latest'];
  const args = ['bench', 'sum.perfkit.yaml', ...versions, ...short, '--json'];
  const { code, stdout, stderr } = await perfkit(args, { ...options, limitMs: 400_000 });
  // 5: the machine is so busy that its controls say that it is not fit
  assert.ok(code === 4 || code === 5, `${stderr}\n${stdout.slice(0, 2000)}`);
  const run = JSON.parse(stdout);
  assert.deepEqual(run.base, { label: 'sum-of@1.0.0', revision: '1.0.0' });
  assert.deepEqual(run.head, { label: 'sum-of@latest', revision: '2.0.0' });
  const medians = run.decision.series.filter(({ statistic }: { statistic: string }) => statistic === 'p50');
  assert.equal(medians.length, 2);
  for (const { change, tags } of medians)
    assert.ok(change.estimate > 1, `${tags.subject}: ${change.estimate}`);
});

test('a version that there is not is told, with what npm says', async () => {
  const options = inProject();
  const args = [
    'bench',
    'sum.perfkit.yaml',
    '--base',
    'npm:sum-of@9.9.9',
    '--head',
    'npm:sum-of@1.0.0',
    ...short,
  ];
  const { code, stdout, stderr } = await perfkit(args, options);
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /npm cannot install sum-of@9\.9\.9 .*\n[^]*ETARGET/);
});
