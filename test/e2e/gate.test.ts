import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { perfkit } from '../helpers/cli.ts';
import { write } from '../helpers/git-repository.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const scenario = `version: 1
kind: bench
name: work
subjects:
  - {name: main, call: "./work.mjs#work"}
`;
const work = `export function work(index) {
  let sum = index;
  for (let turn = 0; turn < 20000; turn++) sum = (Math.imul(sum, 31) + turn) | 0;
  return sum;
}
`;
const short = ['--comparisons', '1', '--pairs', '5', '--for', '20ms', '--warmup', '10ms', '--out', 'out'];

function folder(): string {
  const cwd = temporaryFolder();
  write(cwd, { 'work.perfkit.yaml': scenario, 'work.mjs': work });
  return cwd;
}

describe('perfkit gate', () => {
  test('--self-test says how long it takes, keeps every comparison, and goes on where it was', async () => {
    const cwd = folder();
    const args = ['gate', '--self-test', 'work.perfkit.yaml', ...short];
    const { code, stdout, stderr } = await perfkit([...args, '--json', '--exit-zero'], {
      cwd,
      limitMs: 400_000,
    });
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /1 comparisons of a version with itself, 1 with \+5%, 1 with \+10%; .* to .*, by how soon/,
    );
    const result = JSON.parse(stdout);
    assert.equal(result.schema, 'perfkit/gate-self-test@1');
    assert.equal(result.complete, true);
    assert.deepEqual(
      result.records.map(({ injected, pairs }: { injected: number; pairs: number }) => [injected, pairs]),
      [
        [0, 5],
        [0.05, 5],
        [0.1, 5],
      ],
    );
    assert.equal(readFileSync(join(cwd, 'out', 'self-test.json'), 'utf8'), stdout);
    const again = await perfkit([...args, '--exit-zero'], { cwd });
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /3 comparisons of an earlier run are kept/);
    assert.match(again.stdout, /^gate self-test, 1 A\/A comparisons of work\n/);
    const other = await perfkit([...args, '--pairs', '10'], { cwd });
    assert.equal(other.code, 2);
    assert.match(other.stderr, /choose another folder with --out/);
  });

  test('without --self-test says what compares two versions', async () => {
    const { code, stderr } = await perfkit(['gate', 'work.perfkit.yaml'], { cwd: folder() });
    assert.equal(code, 2);
    assert.match(stderr, /perfkit bench SCENARIO --refs main\.\.HEAD/);
  });

  test('an interrupt exits with the code of the signal and writes what there is', async () => {
    const cwd = folder();
    const args = ['gate', '--self-test', 'work.perfkit.yaml', '--pairs', '160', '--out', 'out'];
    const interrupt = { signal: 'SIGINT', when: /of a version with itself/ } as const;
    const { code, stderr } = await perfkit(args, { cwd, interrupt });
    assert.equal(code, 130, stderr);
    const result = JSON.parse(readFileSync(join(cwd, 'out', 'self-test.json'), 'utf8'));
    assert.equal(result.complete, false);
  });
});
