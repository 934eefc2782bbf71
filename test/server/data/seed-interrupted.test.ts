import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { openSqliteStore } from '../../../src/components/store/index.ts';
import type { Store } from '../../../src/components/store/index.ts';
import { seedPatterns, seededPatternId } from '../../../src/server/data/seed-data.ts';
import { createCorpus } from '../../../src/server/work/corpus.ts';

const corpus = createCorpus(1, 64);
const count = 4_500;

async function openStore(context: TestContext): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'perfkit-seed-'));
  const store = await openSqliteStore({ path: join(folder, 'patterns.db') });
  context.after(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return store;
}

describe('patterns that a new store is filled with', () => {
  test('are all there at the next start, when the first was cut short', async (context) => {
    const store = await openStore(context);
    const put = store.putMany.bind(store);
    let calls = 0;
    context.mock.method(store, 'putMany', (patterns: Parameters<Store['putMany']>[0]) => {
      if (++calls === 2) throw new Error('killed');
      return put(patterns);
    });
    await assert.rejects(seedPatterns(store, corpus, count), /killed/);
    const before = await store.count();
    assert.ok(before > 0 && before < count);
    await seedPatterns(store, corpus, count);
    assert.equal(await store.count(), count);
  });

  test("are left alone once they are there, and a store of a client's patterns gets none", async (context) => {
    const store = await openStore(context);
    await seedPatterns(store, corpus, 10);
    const first = await store.get(seededPatternId(0));
    assert.ok(first !== undefined);
    await store.putMany([{ ...first, confidence: 0.123 }]);
    // More of them are asked for now: those that there are must not be put back to what they were.
    await seedPatterns(store, corpus, 20);
    assert.deepEqual([await store.count(), (await store.get(first.id))?.confidence], [10, 0.123]);
    const own = await openStore(context);
    await own.putMany([{ ...first, id: 'own' }]);
    await seedPatterns(own, corpus, 10);
    assert.equal(await own.count(), 1);
  });
});
