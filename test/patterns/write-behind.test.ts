import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { openSqliteStore } from '../../src/components/store/index.ts';
import { openPatternSystem } from '../../scenarios/patterns/pattern-system.ts';
import { journalSegments } from '../../scenarios/patterns/write-journal.ts';
import { patternOf } from '../components/store/patterns.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

test('a batch that the writer cannot apply stays in the journal, is answered from memory, and gets in later', async (context) => {
  const folder = temporaryFolder(context);
  const system = await openPatternSystem({ folder });
  const obstacle = writeBadSegment(folder);
  await system.storePattern(patternOf('p', { usageCount: 7 }));
  await assert.rejects(system.flush(), /did not take a batch/);
  // Not forgotten: it is tried again, and fails again.
  await assert.rejects(system.flush(), /did not take a batch/);
  assert.equal(system.getMetrics().writes.pending, 1);
  assert.equal(system.getPattern('p')?.usageCount, 7);
  rmSync(obstacle);
  await system.storePattern(patternOf('q'));
  await system.flush();
  assert.equal(system.getMetrics().writes.pending, 0);
  const store = await openSqliteStore({ path: join(folder, 'patterns.db') });
  assert.equal(store.getSync('p')?.usageCount, 7);
  assert.equal(await store.count(), 2);
  await store.close();
  await system.shutdown();
});

test('when batches fail no more is acknowledged than may wait', async (context) => {
  const folder = temporaryFolder(context);
  const system = await openPatternSystem({ folder, maxPending: 3 });
  const obstacle = writeBadSegment(folder);
  await system.storePattern(patternOf('p0'));
  await assert.rejects(system.flush(), /did not take a batch/);
  for (let index = 1; index < 3; index++) await system.storePattern(patternOf(`p${index}`));
  await assert.rejects(system.storePattern(patternOf('p3')), /takes no batches/);
  assert.equal(system.getPattern('p3'), undefined);
  rmSync(obstacle);
  await system.flush();
  await system.storePattern(patternOf('p3'));
  await system.shutdown();
});

test('shutdown says that a batch did not get in, lets go all the same, and the next one has it', async (context) => {
  const folder = temporaryFolder(context);
  const system = await openPatternSystem({ folder });
  const obstacle = writeBadSegment(folder);
  await system.storePattern(patternOf('p'));
  await assert.rejects(system.shutdown(), /did not take a batch/);
  await assert.rejects(system.storePattern(patternOf('late')), /shut down/);
  rmSync(obstacle);
  const again = await openPatternSystem({ folder });
  assert.equal(again.getMetrics().recovered, 1);
  assert.equal(again.getPattern('p')?.id, 'p');
  await again.shutdown();
  assert.deepEqual(journalSegments(folder), []);
});

test('writes wait for room when too many patterns do, and all get in', async (context) => {
  const folder = temporaryFolder(context);
  const system = await openPatternSystem({ folder, batchPatterns: 4, maxPending: 8 });
  for (let index = 0; index < 100; index++) {
    await system.storePattern(patternOf(`p${index}`));
    assert.ok(system.getMetrics().writes.pending <= 16);
  }
  await system.shutdown();
  const store = await openSqliteStore({ path: join(folder, 'patterns.db') });
  assert.equal(await store.count(), 100);
  await store.close();
});

test('the confidence of a pattern that no level has is seen at once, and after the batch', async (context) => {
  const folder = temporaryFolder(context);
  const writer = await openPatternSystem({ folder });
  await writer.storePattern(patternOf('cold', { confidence: 0.4 }));
  await writer.shutdown();
  const system = await openPatternSystem({ folder });
  assert.equal(await system.updateConfidence('cold', true), true);
  const learnt = system.getPattern('cold')?.confidence;
  assert.ok(learnt !== undefined && learnt > 0.4);
  assert.equal(await system.updateConfidence('cold', false), true);
  const unlearnt = system.getPattern('cold')?.confidence;
  await system.flush();
  assert.equal(system.getPattern('cold')?.confidence, unlearnt);
  await system.shutdown();
  const again = await openPatternSystem({ folder });
  assert.equal(again.getPattern('cold')?.confidence, unlearnt);
  await again.shutdown();
});

test('a folder is used by one system at a time', async (context) => {
  const folder = temporaryFolder(context);
  const system = await openPatternSystem({ folder });
  await system.storePattern(patternOf('p'));
  await assert.rejects(openPatternSystem({ folder }), /one has it open/);
  assert.equal(system.getPattern('p')?.id, 'p');
  await system.shutdown();
  await (await openPatternSystem({ folder })).shutdown();
});

test('a database that cannot be opened fails the system, which then lets go of its folder', async (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(
    join(folder, 'patterns.db'),
    'no database at all, but long enough to look like the head of one',
  );
  await assert.rejects(openPatternSystem({ folder }), /not a database/);
  rmSync(join(folder, 'patterns.db'));
  await (await openPatternSystem({ folder })).shutdown();
});

/** A segment before all others that is whole, and says what no version of the writer knows. */
function writeBadSegment(folder: string): string {
  const path = join(folder, 'journal-000000000000.log');
  const payload = Buffer.from([9, 9, 9]);
  const header = Buffer.alloc(8);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt32LE(crc32(payload), 4);
  writeFileSync(path, Buffer.concat([header, payload]));
  return path;
}
