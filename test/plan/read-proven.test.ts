import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { readProven } from '../../src/plan/read-proven.ts';

test('every row that is said to be proven has tests named after it, in each of its files', async () => {
  const rows = await readProven();
  assert.ok(rows.length > 0);
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  for (const { id, tests } of rows) {
    for (const file of tests) {
      const text = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
      assert.match(
        text,
        new RegExp(`(test|describe)\\(\\s*['\`]([A-Z]\\d{2}, )*${id}\\b`),
        `${id} in ${file}`,
      );
    }
  }
});
