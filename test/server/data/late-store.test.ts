import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pattern } from '../../../src/components/store/index.ts';
import { createLateStore } from '../../../src/server/data/late-store.ts';

const pattern: Pattern = {
  id: 'p',
  type: 't',
  domain: 'd',
  confidence: 0.5,
  usageCount: 1,
  createdAtMs: 1,
  updatedAtMs: 1,
  lastUsedAtMs: null,
  body: Buffer.from('{}'),
};

function setUp() {
  const filling = Promise.withResolvers<void>();
  const calls: string[] = [];
  const failures: unknown[] = [];
  const store = createLateStore(
    {
      async get(id) {
        calls.push(`get ${id}`);
        return pattern;
      },
      async putMany(patterns) {
        calls.push(`put ${patterns.length}`);
      },
      async query() {
        calls.push('query');
        return [pattern];
      },
      async close() {
        calls.push('close');
        filling.reject(new Error('closed'));
      },
    },
    filling.promise,
    (error) => void failures.push(error),
  );
  return { store, calls, failures, filling };
}

describe('a store that is being filled', () => {
  test('answers when it is full, and in the order of the calls', async () => {
    const { store, calls, filling } = setUp();
    const all = Promise.all([store.get('p'), store.putMany([pattern]), store.query({})]);
    await Promise.resolve();
    assert.deepEqual(calls, []);
    filling.resolve();
    assert.deepEqual(await all, [pattern, undefined, [pattern]]);
    assert.deepEqual(calls, ['get p', 'put 1', 'query']);
  });

  test('tells every caller, and one listener, why it could not be filled', async () => {
    const { store, calls, failures, filling } = setUp();
    const waiting = store.get('p');
    const error = new Error('the disk is full');
    filling.reject(error);
    await assert.rejects(waiting, error);
    await assert.rejects(store.query({}), error);
    assert.deepEqual(failures, [error]);
    assert.deepEqual(calls, []);
  });

  test('can be closed before that, which is no failure', async () => {
    const { store, calls, failures } = setUp();
    await store.close();
    assert.deepEqual([calls, failures], [['close'], []]);
    await assert.rejects(store.get('p'), /closed/);
  });
});
