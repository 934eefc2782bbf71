import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createDeduplicator } from '../../../src/components/compressor/index.ts';
import { createRandom } from '../../../src/measure/random.ts';

test('stores equal data once and counts what that saves', () => {
  const random = createRandom(1);
  const dedupe = createDeduplicator();
  let fresh = 0;
  // Two of five are data from before: 40 % duplicates of one size.
  for (let index = 0; index < 10_000; index++) {
    const number = index % 5 < 2 && fresh > 0 ? random.int(fresh) : fresh++;
    dedupe.put(Buffer.from(`document ${number} `.padEnd(100, 'x')));
  }
  const { saved, duplicates, entries, storedBytes, givenBytes } = dedupe.stats();
  assert.deepEqual([duplicates, entries], [10_000 - fresh, fresh]);
  assert.equal(givenBytes, 1_000_000);
  assert.equal(storedBytes, fresh * 100);
  assert.ok(saved > 0.39 && saved < 0.41);
});

test('gives the shared copy, which changing the original does not change', () => {
  const dedupe = createDeduplicator();
  const original = Buffer.from('a document');
  const first = dedupe.put(original);
  original.fill(0);
  const second = dedupe.put(Buffer.from('a document'));
  assert.deepEqual([first.duplicate, second.duplicate], [false, true]);
  assert.equal(first.data, second.data);
  assert.equal(dedupe.get(first.id), first.data);
  assert.equal(Buffer.from(first.data).toString(), 'a document');
});

test('forgets what was used longest ago, by entries and by bytes', () => {
  const byEntries = createDeduplicator({ maxEntries: 2 });
  const [a, b] = ['a', 'b'].map((text) => byEntries.put(Buffer.from(text)));
  byEntries.get(a!.id);
  byEntries.put(Buffer.from('c'));
  assert.deepEqual(
    [byEntries.has(a!.id), byEntries.has(b!.id), byEntries.stats().evictions],
    [true, false, 1],
  );

  const byBytes = createDeduplicator({ maxBytes: 10 });
  const long = byBytes.put(new Uint8Array(11));
  assert.equal(byBytes.get(long.id), undefined);
  byBytes.put(new Uint8Array(6));
  byBytes.put(new Uint8Array(5));
  assert.deepEqual([byBytes.stats().entries, byBytes.stats().bytes], [1, 5]);
});

test('behaves as a list of the last different data, however bad the hash', () => {
  const small = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 });
  fc.assert(
    fc.property(
      small,
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
      (puts, max, hashes) => {
        const dedupe = createDeduplicator({
          maxEntries: max,
          hash: (data) => String((data[0] ?? 0) % hashes),
        });
        let model: number[] = [];
        for (const value of puts) {
          const { id, data, duplicate } = dedupe.put(Uint8Array.of(value, value));
          assert.equal(duplicate, model.includes(value));
          assert.deepEqual([...data], [value, value]);
          assert.deepEqual([...(dedupe.get(id) ?? [])], [value, value]);
          model = [...model.filter((one) => one !== value), value].slice(-max);
          assert.equal(dedupe.stats().entries, model.length);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('delete and clear give the bytes back', () => {
  const dedupe = createDeduplicator();
  const { id } = dedupe.put(Buffer.from('four'));
  assert.deepEqual([dedupe.delete(id), dedupe.delete(id), dedupe.stats().bytes], [true, false, 0]);
  dedupe.put(Buffer.from('four'));
  dedupe.clear();
  assert.deepEqual([dedupe.stats().entries, dedupe.stats().bytes], [0, 0]);
});

test('refuses what it cannot follow', () => {
  assert.throws(() => createDeduplicator({ maxEntries: 0 }), /`maxEntries` to be a positive integer/);
  assert.throws(() => createDeduplicator({ maxBytes: -1 }), /`maxBytes`/);
  const dedupe = createDeduplicator();
  assert.throws(() => Reflect.apply(dedupe.put.bind(dedupe), null, ['text']), /`data` to be a Uint8Array/);
});
