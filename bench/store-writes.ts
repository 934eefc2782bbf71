import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stores } from '../src/components/store/index.ts';
import type { Pattern, SqliteStoreOptions, Store } from '../src/components/store/index.ts';
import { createRandom } from '../src/measure/random.ts';
import { createZipf } from '../src/measure/zipf.ts';

// Durable writes to disk, variants in turn, five rounds, medians:
//
//     P11  single inserts: write-ahead log and NORMAL against rollback journal and FULL
//     P16  updates of 1,000 patterns in one transaction against one transaction each
//     P12  the documented query over 100,000 patterns, with and without its index
//
//     node bench/store-writes.ts [folder]      (default: the folder for temporary files; not one in memory)

const rounds = 5;
const seeded = 100_000;
const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'perfkit-writes-'));
const random = createRandom(1);

function pattern(id: string): Pattern {
  return {
    id,
    type: `type-${random.int(5)}`,
    domain: `domain-${random.int(20)}`,
    confidence: random.next(),
    usageCount: random.int(500),
    createdAtMs: 1_700_000_000_000 + random.int(1e9),
    updatedAtMs: 1_700_000_000_000 + random.int(1e9),
    lastUsedAtMs: null,
    body: Buffer.alloc(800, random.int(256)),
  };
}

/** Operations a second of so many. */
async function rate(operations: number, work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return operations / ((performance.now() - startMs) / 1e3);
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

interface Variant {
  readonly name: string;
  readonly run: () => Promise<number>;
}

/** Each variant's median; the order turns round every round. */
async function inTurn(title: string, variants: readonly Variant[]): Promise<void> {
  const rates = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of round % 2 === 0 ? variants : variants.toReversed()) {
      rates.get(name)?.push(await run());
    }
  }
  console.log(title);
  const base = median(rates.get(variants[0]?.name ?? '') ?? []);
  for (const [name, all] of rates) {
    const [low, high] = [Math.min(...all), Math.max(...all)];
    console.log(
      `  ${name.padEnd(46)} ${median(all).toFixed(0).padStart(9)}/s  (${low.toFixed(0)} to ${high.toFixed(0)})  ` +
        `${(median(all) / base).toFixed(1)} x the first`,
    );
  }
}

let files = 0;
async function insertSingly(options: Partial<SqliteStoreOptions>): Promise<number> {
  const path = join(folder, `insert-${files++}`);
  const store = await stores.sqlite({ path, ...options });
  const patterns = Array.from({ length: 300 }, (_, index) => pattern(`p${index}`));
  const result = await rate(patterns.length, async () => {
    for (const one of patterns) await store.put(one);
  });
  await store.close();
  return result;
}

const singly =
  (store: Store, updates: number, key = (): number => random.int(seeded)) =>
  (): Promise<number> =>
    rate(updates, async () => {
      for (let index = 0; index < updates; index++) {
        await store.update(`p${key()}`, { confidence: random.next(), updatedAtMs: Date.now() });
      }
    });

const batched =
  (store: Store, updates: number, key = (): number => random.int(seeded)) =>
  (): Promise<number> =>
    rate(updates, () =>
      store.updateMany(
        Array.from({ length: updates }, () => ({
          id: `p${key()}`,
          changes: { confidence: random.next(), updatedAtMs: Date.now() },
        })),
      ),
    );

async function seed(store: Store): Promise<void> {
  for (let start = 0; start < seeded; start += 10_000) {
    await store.putMany(Array.from({ length: 10_000 }, (_, index) => pattern(`p${start + index}`)));
  }
}

try {
  for (const indexes of [true, false]) {
    await inTurn(
      `P11 single inserts of 800 bytes, a transaction each, ${indexes ? 'with' : 'without'} indexes`,
      [
        {
          name: 'rollback journal, FULL',
          run: () => insertSingly({ journal: 'rollback', durability: 'power', indexes }),
        },
        { name: 'write-ahead log, FULL', run: () => insertSingly({ durability: 'power', indexes }) },
        { name: 'write-ahead log, NORMAL', run: () => insertSingly({ indexes }) },
      ],
    );
  }
  const path = join(folder, 'patterns');
  const usual = await stores.sqlite({ path, loopBudgetMs: 1_000 });
  await seed(usual);
  const power = await stores.sqlite({ path, durability: 'power', loopBudgetMs: 1_000 });
  await inTurn(`P16 updates of confidence and time among ${seeded} patterns, uniform keys`, [
    { name: 'FULL, one transaction each', run: singly(power, 300) },
    { name: 'FULL, batches of 1,000', run: batched(power, 5_000) },
    { name: 'NORMAL, one transaction each', run: singly(usual, 2_000) },
    { name: 'NORMAL, batches of 1,000', run: batched(usual, 5_000) },
  ]);
  const zipf = createZipf(seeded, 0.99, random);
  // Ranks scattered over the keys, as popularity is.
  const popular = (): number => (zipf() * 48_271) % seeded;
  await inTurn('the same, Zipf 0.99', [
    { name: 'FULL, one transaction each', run: singly(power, 300, popular) },
    { name: 'FULL, batches of 1,000', run: batched(power, 5_000, popular) },
    { name: 'NORMAL, one transaction each', run: singly(usual, 2_000, popular) },
    { name: 'NORMAL, batches of 1,000', run: batched(usual, 5_000, popular) },
  ]);
  const rollback = await stores.sqlite({
    path: join(folder, 'rollback'),
    journal: 'rollback',
    durability: 'power',
  });
  const lsm = await stores.lsm({ path: join(folder, 'lsm') });
  const lsmPower = await stores.lsm({ path: join(folder, 'lsm-power'), durability: 'power' });
  for (const store of [rollback, lsm, lsmPower]) await seed(store);
  await inTurn('the same elsewhere', [
    { name: 'rollback journal, FULL, one transaction each', run: singly(rollback, 200) },
    { name: 'rollback journal, FULL, batches of 1,000', run: batched(rollback, 5_000) },
    { name: 'lsm, synced, one write each', run: singly(lsmPower, 300) },
    { name: 'lsm, synced, batches of 1,000', run: batched(lsmPower, 5_000) },
    { name: 'lsm, one write each', run: singly(lsm, 2_000) },
    { name: 'lsm, batches of 1,000', run: batched(lsm, 5_000) },
  ]);
  const queries = (store: Store) => (): Promise<number> =>
    rate(50, async () => {
      for (let index = 0; index < 50; index++) {
        await store.query({ type: `type-${index % 5}`, minConfidence: 0.7, limit: 10 });
      }
    });
  const reads = (store: Store) => (): Promise<number> =>
    rate(5_000, async () => {
      for (let index = 0; index < 5_000; index++) store.getSync(`p${random.int(seeded)}`);
    });
  await power.close();
  await rollback.close();
  const bare = await stores.sqlite({ path: join(folder, 'bare'), indexes: false });
  await seed(bare);
  await inTurn('P12 type =, confidence >=, order by usage, the first 10', [
    { name: 'sqlite without indexes', run: queries(bare) },
    { name: 'sqlite with indexes', run: queries(usual) },
    { name: 'lsm, its usage index', run: queries(lsm) },
  ]);
  await inTurn('reads by id', [
    { name: 'sqlite', run: reads(usual) },
    { name: 'lsm', run: reads(lsm) },
  ]);
  for (const store of [usual, bare, lsm, lsmPower]) await store.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
