import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import {
  createSqliteConnectionPool,
  createSqliteReaderPool,
  openSqliteConnection,
} from '../../../src/components/pool/index.ts';

/** A database of a thousand squares, in WAL mode. */
async function createDatabase(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'perfkit-sqlite-pool-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'squares.db');
  const connection = await openSqliteConnection({ path, readOnly: false, pragmas: ['journal_mode = WAL'] });
  connection.run('CREATE TABLE squares (root INTEGER PRIMARY KEY, square INTEGER NOT NULL)');
  connection.run('BEGIN');
  for (let root = 0; root < 1000; root++) {
    connection.run('INSERT INTO squares VALUES (?, ?)', [root, root * root]);
  }
  connection.run('COMMIT');
  connection.close();
  return path;
}

test('a connection keeps a bounded number of statements, those used last', async (context) => {
  const path = await createDatabase(context);
  const connection = await openSqliteConnection({ path, maxStatements: 2 });
  for (let round = 0; round < 3; round++) {
    for (const root of [3, 5, 7]) {
      // A text for each: more than it keeps.
      const row = connection.get(`SELECT square FROM squares WHERE root = ${root}`);
      assert.equal(row?.square, root * root);
    }
  }
  assert.throws(() => connection.run('DELETE FROM squares'), /readonly/);
  assert.throws(() => connection.all('SELECT nonsense'), /nonsense/);
  assert.equal(connection.check(), true);
  connection.close();
  connection.close();
});

test('connections of one thread are lent, checked and closed', async (context) => {
  const path = await createDatabase(context);
  const pool = createSqliteConnectionPool({ path, readOnly: false }, { max: 2, validateIfIdleMs: 0 });
  const changes = await pool.use((connection) =>
    connection.run('UPDATE squares SET square = -1 WHERE root < ?', [10]),
  );
  assert.equal(changes.changes, 10);
  const broken = await pool.use((connection) => {
    connection.database.close();
    return connection;
  });
  const row = await pool.use((connection) => connection.get('SELECT square FROM squares WHERE root = 3'));
  assert.equal(row?.square, -1);
  assert.deepEqual([pool.stats().validationFailures, broken.database.isOpen], [1, false]);
  await pool.drain();
  assert.equal(pool.stats().total, 0);
});

test('readers in threads answer queries beside each other', async (context) => {
  const path = await createDatabase(context);
  const readers = createSqliteReaderPool({ path, readers: 2 });
  context.after(() => readers.close());
  const roots = Array.from({ length: 100 }, (_, root) => root);
  const rows = await Promise.all(
    roots.map((root) => readers.get('SELECT square FROM squares WHERE root = ?', [root])),
  );
  assert.deepEqual(
    rows.map((row) => row?.square),
    roots.map((root) => root * root),
  );
  assert.equal(await readers.get('SELECT * FROM squares WHERE root = -1'), undefined);
  const few = await readers.all('SELECT root FROM squares WHERE root BETWEEN ? AND ? ORDER BY root', [4, 6]);
  assert.deepEqual(
    few.map(({ root }) => root),
    [4, 5, 6],
  );
  await assert.rejects(readers.all('SELECT nonsense'), /nonsense/);
  await assert.rejects(readers.all('DELETE FROM squares'), /readonly/);
  await assert.rejects(
    readers.all('SELECT 1', [], { signal: AbortSignal.abort(new Error('no need')) }),
    /no need/,
  );
  const { threads, completed, wait } = readers.stats();
  assert.ok(threads <= 2 && completed === 102 && wait.count >= 102);
});

test('readers see what was committed, and a file that comes later', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'perfkit-sqlite-pool-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'later.db');
  const readers = createSqliteReaderPool({ path, readers: 1 });
  context.after(() => readers.close());
  await assert.rejects(readers.get('SELECT 1'), /unable to open/);
  const writer = await openSqliteConnection({ path, readOnly: false, pragmas: ['journal_mode = WAL'] });
  writer.run('CREATE TABLE notes (text TEXT)');
  writer.run("INSERT INTO notes VALUES ('hello')");
  assert.equal((await readers.get('SELECT text FROM notes'))?.text, 'hello');
  writer.run("UPDATE notes SET text = 'bye'");
  assert.equal((await readers.get('SELECT text FROM notes'))?.text, 'bye');
  writer.close();
});
