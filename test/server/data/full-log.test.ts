import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { WalWatch } from '../../../src/components/store/sqlite/wal-watch.ts';

test('a checkpoint that a full disk stops does not make the commit before it look as if it had failed', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'perfkit-wal-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'app.db');
  writeFileSync(`${path}-wal`, Buffer.alloc(10_000));
  const database = new DatabaseSync(':memory:');
  context.after(() => database.close());
  context.mock.method(database, 'prepare', () => {
    throw new Error('database or disk is full');
  });
  let nowMs = 0;
  const watch = new WalWatch(database, { path, limitBytes: 5_000, busyTimeoutMs: 0, now: () => nowMs });
  const manyRows = 1_000_000;
  watch.committed(manyRows);
  // It is tried again only after a pause, so that a full disk does not cost a checkpoint for every commit.
  watch.committed(manyRows);
  assert.deepEqual([watch.stats().checkpoints, watch.stats().starved], [1, 1]);
  nowMs = 3_600_000;
  watch.committed(manyRows);
  assert.equal(watch.stats().checkpoints, 2);
  assert.throws(() => watch.checkpoint(), /full/);
});
