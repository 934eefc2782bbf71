import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { openCsvRows } from '../../../src/load/data/csv-rows.ts';
import { openJsonRows, openLineRows } from '../../../src/load/data/json-rows.ts';
import { createFeed } from '../../../src/load/data/feed.ts';
import { openFeeds } from '../../../src/load/data/open-feeds.ts';
import { PerfkitError } from '../../../src/model/errors.ts';
import { loadPlan } from '../plans.ts';
import type { RowSource } from '../../../src/load/data/row-source.ts';

function withFile<T>(content: string | Uint8Array, use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'perfkit-data-'));
  try {
    const path = join(folder, 'rows');
    writeFileSync(path, content);
    return use(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function all(rows: RowSource, columns: readonly string[]): (string | null)[][] {
  const found = Array.from({ length: rows.count }, (_, index) =>
    columns.map((column) => rows.row(index).read(column)?.text ?? null),
  );
  rows.close();
  return found;
}

test('a CSV file is read back as it was written, in any order, however its rows are quoted', () => {
  const field = fc.string({ unit: fc.constantFrom('a', 'ü', ',', '"', '\n', '\r', ' ', '1'), maxLength: 8 });
  const quoted = (text: string, always: boolean): string =>
    always || /[",\r\n]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(field, field, fc.boolean()), { minLength: 1, maxLength: 60 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.boolean(),
      (list, lineEnd, mark, lastEnd) => {
        const lines = [
          `${mark ? '\ufeff' : ''}a,b c`,
          ...list.map(([a, b, always]) => `${quoted(a, always)},${quoted(b, always)}`),
        ];
        withFile(lines.join(lineEnd) + (lastEnd ? lineEnd : ''), (path) => {
          const rows = openCsvRows(path, 'r.csv');
          assert.equal(rows.count, list.length);
          for (const index of [list.length - 1, 0, Math.floor(list.length / 2)]) {
            assert.equal(rows.row(index).read('a')?.text, list[index]?.[0]);
            assert.deepEqual(rows.row(index).values(), { a: list[index]?.[0], 'b c': list[index]?.[1] });
          }
          assert.deepEqual(
            all(rows, ['a', 'b c']),
            list.map(([a, b]) => [a, b]),
          );
        });
      },
    ),
    { numRuns: 150 },
  );
});

test('rows on both sides of the read window are whole, in order and at random', () => {
  const count = 20_000;
  const line = (index: number): string =>
    `${index},"${'x'.repeat(index % 60)}${index % 7 === 0 ? '\n""' : ''}"`;
  const text = `id,v\n${Array.from({ length: count }, (_, index) => line(index)).join('\n')}`;
  withFile(text, (path) => {
    const rows = openCsvRows(path, 'r.csv');
    assert.equal(rows.count, count);
    for (let index = 0; index < count; index += 1)
      assert.equal(rows.row(index).read('id')?.text, String(index));
    for (let step = 0; step < 2000; step++) {
      const index = (step * 7919) % count;
      assert.equal(rows.row(index).read('id')?.text, String(index));
      assert.equal(rows.row(index).read('v')?.text.length, (index % 60) + (index % 7 === 0 ? 2 : 0));
    }
    rows.close();
  });
});

const faulty: readonly [string | Uint8Array, RegExp][] = [
  ['', /at least one row below/],
  ['a,b\n', /at least one row below/],
  ['a,b\n1,2\n3\n', /^u\.csv:3: expected 2 fields as in the first row, got 1/],
  ['a,b\n1,2\n\n"x\ny",2,3\n', /^u\.csv:5: expected 2 fields|^u\.csv:4: expected 2 fields/],
  ['a,b\n1,x"y"\n', /^u\.csv:2: a quote inside a field/],
  ['a,b\n1,"xy\n', /^u\.csv:\d+: a quoted field has no end/],
  ['a,b\n1,"x"y\n', /^u\.csv:2: a quoted field is followed by more than a comma/],
  ['a,b\r1,2\r', /^u\.csv:1: a CR without LF/],
  [`a\n${'x'.repeat(70_000)}\n`, /^u\.csv:2: a row longer than 65536 bytes/],
  [Buffer.from([0x61, 0x0a, 0xff, 0xfe, 0x0a]), /^u\.csv:2: a row that is not UTF-8/],
];

test('what is wrong with a CSV file is told with its line', () => {
  for (const [content, message] of faulty) {
    withFile(content, (path) => {
      assert.throws(
        () => openCsvRows(path, 'u.csv'),
        (error) => error instanceof PerfkitError && message.test(error.message),
        String(message),
      );
    });
  }
  assert.throws(() => openCsvRows('/nowhere/x', 'u.csv'), /cannot read u\.csv/);
});

test('rows of JSON keep their types, and names lead into them', () => {
  const rows = [
    { id: 1, 'a.b': 'x', address: { city: 'Bern', no: null } },
    { id: 'two', on: true, list: [1] },
  ];
  const expected = [
    ['1', 'x', 'Bern', null, null],
    ['two', null, null, 'true', '[1]'],
  ];
  const columns = ['id', 'a.b', 'address.city', 'on', 'list'];
  withFile(JSON.stringify(rows), (path) => {
    const source = openJsonRows(path, 'r.json');
    assert.deepEqual(source.row(0).read('id'), { text: '1', json: '1' });
    assert.deepEqual(source.row(1).read('id'), { text: 'two', json: null });
    assert.equal(source.row(0).read('address.no'), null);
    assert.equal(source.row(0).read('constructor'), null);
    assert.deepEqual(all(source, columns), expected);
  });
  withFile(rows.map((row) => JSON.stringify(row)).join('\r\n'), (path) =>
    assert.deepEqual(all(openLineRows(path, 'r.jsonl'), columns), expected),
  );
  withFile('[]', (path) => assert.throws(() => openJsonRows(path, 'r.json'), /at least one/));
  withFile('[1]', (path) => assert.throws(() => openJsonRows(path, 'r.json'), /an object in row 1/));
  withFile('{', (path) => assert.throws(() => openJsonRows(path, 'r.json'), /cannot be read as JSON/));
});

const numbers: (count: number) => RowSource = (count) => ({
  count,
  row: (index) => ({ read: () => ({ text: String(index), json: null }), values: () => ({}), place: '' }),
  close: () => undefined,
});

test('the threads together draw what one would, each row once, in turn or at random', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('sequential', 'random', 'once'),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 5 }),
      fc.nat(60),
      (pick, count, workers, draws) => {
        const plan = { name: 'u', file: 'u.csv', format: 'csv', bytes: 0, pick } as const;
        const drawn = (worker: number, of: number): (string | null)[] => {
          const feed = createFeed(plan, numbers(count), 7, { worker, workers: of });
          const share = Math.ceil((draws - worker) / of);
          return Array.from({ length: Math.max(0, share) }, () => feed.draw()?.read('')?.text ?? null);
        };
        const together = Array.from({ length: workers }, (_, worker) => drawn(worker, workers));
        const one = drawn(0, 1);
        for (const [index, row] of one.entries())
          assert.equal(together[index % workers]?.[Math.floor(index / workers)], row);
        if (pick === 'once') {
          assert.deepEqual(
            one.slice(0, count),
            Array.from({ length: Math.min(count, draws) }, (_, index) => String(index)),
          );
          assert.ok(one.slice(count).every((row) => row === null));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('a source that is used once is spent after its last row', () => {
  const feed = createFeed({ name: 'u', file: '', format: 'csv', bytes: 0, pick: 'once' }, numbers(2), 1, {
    worker: 0,
    workers: 1,
  });
  assert.deepEqual(
    [feed.spent(), feed.draw() !== null, feed.draw() !== null, feed.spent(), feed.draw()],
    [false, true, true, true, null],
  );
});

test('the sources of a plan are opened beside its scenario', () => {
  const folder = mkdtempSync(join(tmpdir(), 'perfkit-data-'));
  try {
    writeFileSync(join(folder, 'u.csv'), 'id\n7\n');
    const base = loadPlan({
      data: [{ name: 'users', file: './u.csv', format: 'csv', bytes: 5, pick: 'sequential' }],
    });
    const plan = { ...base, scenario: { ...base.scenario, folder } };
    const [feed] = openFeeds(plan, { worker: 0, workers: 1 });
    assert.equal(feed?.draw()?.read('id')?.text, '7');
    feed?.close();
    assert.throws(
      () =>
        openFeeds({ ...plan, scenario: { ...plan.scenario, folder: '/nowhere' } }, { worker: 0, workers: 1 }),
      PerfkitError,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
