import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PerfkitError } from '../../../src/model/errors.ts';
import { appendHistory } from '../../../src/run/history/append-history.ts';
import { findCommit } from '../../../src/run/history/find-commit.ts';
import { historyJsonSchema } from '../../../src/run/history/history-schema.ts';
import { readHistory } from '../../../src/run/history/read-history.ts';
import { days, entryAt, p50 } from '../../judge/history/entries.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const root = temporaryFolder();
let files = 0;

function newFile(text?: string | Buffer): string {
  const file = join(root, `${++files}.jsonl`);
  if (text !== undefined) writeFileSync(file, text);
  return file;
}

async function refusal(text: string | Buffer): Promise<string> {
  const file = newFile(text);
  const error: unknown = await readHistory(file).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof PerfkitError, String(error));
  return error.message.replace(file, 'FILE');
}

const entries = days([1e6, 1.1e6, 1.2e6]);

async function whole(): Promise<string> {
  const file = newFile();
  await appendHistory(file, entries);
  return readFileSync(file, 'utf8');
}

describe('what is added to a history', () => {
  test('is a line each with sorted keys, in a folder that is made, and is read back as it was', async () => {
    const file = join(root, 'new', 'folder', 'h.jsonl');
    const { added, known } = await appendHistory(file, entries);
    assert.deepEqual([added.length, known.length], [3, 0]);
    const lines = readFileSync(file, 'utf8').split('\n');
    assert.equal(lines.length, 4);
    assert.ok(lines[0]?.startsWith('{"commit":"0000abcdef0123456789","fingerprint":'));
    const read = await readHistory(file);
    assert.deepEqual([read.entries, read.notes], [entries, []]);
  });

  test('comes after what is there, of which no byte changes, and nothing is added twice', async () => {
    const file = newFile(await whole());
    const before = readFileSync(file, 'utf8');
    const later = entryAt(9, [p50]);
    const { added, known } = await appendHistory(file, [...entries, later, later]);
    assert.deepEqual([added, known.length], [[later], 4]);
    const after = readFileSync(file, 'utf8');
    assert.ok(after.startsWith(before));
    await appendHistory(file, [later]);
    assert.equal(readFileSync(file, 'utf8'), after);
  });

  test('replaces a last line that was torn off, wherever it was cut', async () => {
    const text = Buffer.from(await whole());
    const lastLine = text.lastIndexOf(0x0a, text.length - 2) + 1;
    const later = entryAt(9, [p50]);
    const file = newFile();
    for (let cut = lastLine + 1; cut < text.length; cut += 37) {
      writeFileSync(file, text.subarray(0, cut));
      const torn = await readHistory(file);
      assert.deepEqual(torn.entries, entries.slice(0, 2));
      assert.match(torn.notes.join(), /the last line \(3\) was torn off/);
      await appendHistory(file, [later]);
      assert.deepEqual((await readHistory(file)).entries, [...entries.slice(0, 2), later]);
    }
    // all but the line break
    writeFileSync(file, text.subarray(0, text.length - 1));
    await appendHistory(file, [later]);
    assert.deepEqual(await readHistory(file).then((read) => [read.entries, read.notes]), [
      [...entries, later],
      [],
    ]);
  });

  test('is refused when the history is not one, or would be too large; the file stays as it is', async () => {
    const broken = newFile('hello\n');
    await assert.rejects(appendHistory(broken, entries), /:1: expected a line of JSON/);
    assert.equal(readFileSync(broken, 'utf8'), 'hello\n');
    const full = newFile(`${' '.repeat(32 * 1024 * 1024 - 100)}\n`);
    await assert.rejects(appendHistory(full, entries), /would be larger than 33554432 bytes/);
    const long = entryAt(
      1,
      Array.from({ length: 200 }, (_, index) => ({ ...p50, tags: { name: `${index}${'x'.repeat(290)}` } })),
    );
    await assert.rejects(appendHistory(newFile(), [long]), /a line of \d+ bytes; at most 65536/);
    mkdirSync(join(root, 'folder.jsonl'));
    await assert.rejects(appendHistory(join(root, 'folder.jsonl'), entries), /got no file/);
  });
});

describe('a history that is read', () => {
  test('may have its lines in any order, some twice, empty ones, and the line breaks of Windows', async () => {
    const [one = '', two = '', three = ''] = (await whole()).split('\n');
    const read = await readHistory(newFile([three, '', one, one, two, ''].join('\r\n')));
    assert.equal(read.entries.length, 3);
    assert.deepEqual(read.notes, ['1 line is there twice']);
  });

  test('keeps the first of two lines that tell a run differently, and says so', async () => {
    const other = { ...entries[0], commit: 'fffffff' };
    const read = await readHistory(newFile(`${await whole()}${JSON.stringify(other)}\n`));
    assert.deepEqual(read.entries, entries);
    assert.deepEqual(read.notes, ['1 line tells a run differently from an earlier line, which counts']);
  });

  test('is told with file and line what is no entry', async () => {
    const [line = ''] = (await whole()).split('\n');
    const cases: readonly (readonly [string, RegExp])[] = [
      ['hello', /^FILE:2: expected a line of JSON/],
      ['<<<<<<< HEAD', /^FILE:2: a merge conflict: keep the lines of both sides/],
      ['=======', /^FILE:2: a merge conflict/],
      ['null', /^FILE:2: expected an entry of a history .*got the schema none/],
      ['{"schema":"perfkit/history@2"}', /^FILE:2: .*got the schema "perfkit\/history@2"/],
      ['{"schema":"perfkit/result@1"}', /^FILE:2: .*got the schema "perfkit\/result@1"/],
      [
        line.replace('"value":1000000', '"value":"1"'),
        /^FILE:2: no valid entry of a history: \$\.series\.0\.value: /,
      ],
      [line.replace('"value":1000000', '"value":1e999'), /^FILE:2: .*series\.0\.value/],
      [line.replace('"samples":5000', '"samples":-1'), /^FILE:2: .*series\.0\.samples/],
      [line.replace('0000abcdef0123456789', 'a b;c'), /^FILE:2: .*\$\.commit/],
      [line.replace('"lower"', '"neither"'), /^FILE:2: .*\$\.series\.0\.better/],
      [line.replace('2026-01-01T00:00:00.000Z', 'yesterday'), /^FILE:2: .*\$\.started/],
      [
        line.replace('"lru"', JSON.stringify('x'.repeat(70_000))),
        /^FILE:2: the line has \d+ characters; at most 65536/,
      ],
      [line.replace('"lru"', JSON.stringify('x'.repeat(301))), /^FILE:2: .*tags/],
    ];
    for (const [bad, expected] of cases) assert.match(await refusal(`${line}\n${bad}\n${line}\n`), expected);
  });

  test('whatever its bytes are, is read or refused with one line that moves no cursor', async () => {
    const text = await whole();
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.constantFrom(...text.split('\n'), '\u001b[2J', '::error::x', '{"schema":"perfkit/history@1"}'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 5 }), async (lines) => {
        const message = await refusal(lines.join('\n')).catch(() => '');
        assert.doesNotMatch(message, /[\p{Cc}\p{Zl}\p{Zp}]/u);
        assert.ok(message === '' || /^FILE:\d+: /.test(message), message);
      }),
      { numRuns: 200 },
    );
  });

  test('is refused when it is missing, a folder, or too large', async () => {
    await assert.rejects(
      readHistory(join(root, 'nope')),
      /cannot read the history .*there is no such file.*history add/,
    );
    await assert.rejects(readHistory(root), /got no file/);
    const huge = newFile('');
    truncateSync(huge, 2 ** 30);
    await assert.rejects(readHistory(huge), /has 1073741824 bytes; at most 33554432/);
  });

  test('has a published schema (npm run schema)', () => {
    const published: unknown = JSON.parse(
      readFileSync(new URL('../../../schema/history-v1.json', import.meta.url), 'utf8'),
    );
    assert.deepEqual(published, JSON.parse(JSON.stringify(historyJsonSchema())));
  });
});

describe('the commit', () => {
  const git = (folder: string, ...args: string[]): string =>
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@t.example', '-c', 'commit.gpgsign=false', ...args],
      {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    ).trim();

  test('is the one that is checked out; changed files are told, but reports and the history are none', async () => {
    const folder = temporaryFolder();
    const place = { folder, file: 'h.jsonl', env: { GITHUB_SHA: 'f'.repeat(40) } };
    git(folder, 'init', '-q');
    mkdirSync(join(folder, 'reports'));
    for (const name of ['code.ts', 'h.jsonl', 'reports/x']) writeFileSync(join(folder, name), '1');
    git(folder, 'add', '.');
    git(folder, 'commit', '-q', '-m', 'x');
    const commit = git(folder, 'rev-parse', 'HEAD');
    assert.deepEqual(await findCommit(place), { commit, dirty: false });
    for (const name of ['h.jsonl', 'reports/x', 'untracked']) writeFileSync(join(folder, name), '2');
    assert.deepEqual(await findCommit(place), { commit, dirty: false });
    writeFileSync(join(folder, 'code.ts'), '2');
    assert.deepEqual(await findCommit(place), { commit, dirty: true });
  });

  test('is without a repository what the CI service says, and that only when it is a hash', async () => {
    const folder = temporaryFolder();
    const from = (env: Record<string, string>) => findCommit({ folder, file: 'h.jsonl', env });
    assert.deepEqual(await from({ CI_COMMIT_SHA: 'a'.repeat(40) }), { commit: 'a'.repeat(40), dirty: false });
    assert.deepEqual(await from({ GITHUB_SHA: '$(x)', GIT_COMMIT: 'b'.repeat(40) }), {
      commit: 'b'.repeat(40),
      dirty: false,
    });
    assert.deepEqual(await from({}), { commit: null, dirty: false });
  });
});
