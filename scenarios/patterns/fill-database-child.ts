import { openSqliteStore } from 'perfkit/store';
import type { Pattern } from 'perfkit/store';
import { makePatterns } from './make-patterns.ts';
import { createSeededRandom } from './seeded-random.ts';

// Fills a database and ends:
//
//     node fill-database-child.js '{"path": ..., "count": ..., "bodyBytes": ..., "seed": ..., "byPopularity": ...}'

const chunkPatterns = 5_000;
const options: unknown = JSON.parse(process.argv[2] ?? '{}');
const path = textOf('path');
const random = createSeededRandom(numberOf('seed'));
const byPopularity = Reflect.get(Object(options), 'byPopularity') === true;
const store = await openSqliteStore({
  path,
  indexes: false,
  transactionRows: chunkPatterns,
  loopBudgetMs: 1e6,
});
let chunk: Pattern[] = [];
for (const pattern of makePatterns(numberOf('count'), numberOf('bodyBytes'), random, { byPopularity })) {
  if (chunk.push(pattern) < chunkPatterns) continue;
  await store.putMany(chunk);
  chunk = [];
}
await store.putMany(chunk);
await store.close();
// Its indexes.
await (await openSqliteStore({ path })).close();

function numberOf(name: string): number {
  const value: unknown = Reflect.get(Object(options), name);
  if (typeof value === 'number') return value;
  throw new TypeError(`Expected \`${name}\` to be a number, got ${typeof value}`);
}

function textOf(name: string): string {
  const value: unknown = Reflect.get(Object(options), name);
  if (typeof value === 'string') return value;
  throw new TypeError(`Expected \`${name}\` to be text, got ${typeof value}`);
}
