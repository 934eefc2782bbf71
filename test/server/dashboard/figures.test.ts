import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createFigureMeter } from '../../../src/server/dashboard/figure-meter.ts';
import type { Figures, Limits, Snapshot } from '../../../src/server/dashboard/feed-message.ts';
import type { FigureTotals } from '../../../src/server/dashboard/figure-totals.ts';
import { rateFigures } from '../../../src/server/dashboard/rate-figures.ts';
import { SnapshotHistory } from '../../../src/server/dashboard/snapshot-history.ts';

const nothing: FigureTotals = {
  lookups: 0,
  hits: 0,
  replies: 0,
  replyMs: 0,
  batches: 0,
  messages: 0,
  connections: 0,
  poolUtilization: 0,
  cacheEntries: 0,
  cacheCapacity: 0,
  waitingBatches: 0,
};

const limits: Limits = {
  minHitRatio: 0.7,
  maxMeanResponseMs: 500,
  maxPoolUtilization: 0.8,
  maxClients: 1_000,
  cacheCapacity: 100,
  windowSeconds: 60,
};

const calm: Figures = {
  hitRatio: 0.9,
  batchesSent: 5,
  meanResponseMs: 20,
  activeConnections: 10,
  messagesProcessed: 7,
  cacheEntries: 10,
  activeBatches: 1,
  batchesPerSecond: 1,
  messagesPerSecond: 1,
  lookups: 1_000,
  responses: 1_000,
  poolUtilization: 0.1,
};

describe('figures', () => {
  test('at the start know nothing but counts', () => {
    const { hitRatio, meanResponseMs, messagesPerSecond, messagesProcessed } = createFigureMeter()(
      0,
      nothing,
    );
    assert.deepEqual([hitRatio, meanResponseMs, messagesPerSecond, messagesProcessed], [null, null, null, 0]);
  });

  test('are of the last minute: what went wrong before it no longer counts', () => {
    const measure = createFigureMeter();
    measure(0, nothing);
    const bad = { ...nothing, lookups: 1_000, hits: 0, replies: 100, replyMs: 90_000 };
    assert.deepEqual([measure(1_000, bad).hitRatio, measure(1_000, bad).meanResponseMs], [0, 900]);
    for (let second = 2; second <= 61; second++) measure(second * 1_000, bad);
    const after = measure(62_000, { ...bad, lookups: 1_200, hits: 150, replies: 110, replyMs: 90_050 });
    assert.deepEqual([after.hitRatio, after.meanResponseMs, after.lookups], [0.75, 5, 200]);
  });

  test('of rates are those of ten seconds, whatever the readings before them were', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 11, maxLength: 80 }), (added) => {
        const measure = createFigureMeter();
        let messages = 0;
        let last: Figures = measure(0, nothing);
        for (const [index, more] of added.entries()) {
          messages += more;
          last = measure((index + 1) * 1_000, { ...nothing, messages });
        }
        const expected = added.slice(-10).reduce((sum, more) => sum + more, 0) / 10;
        assert.ok(Math.abs((last.messagesPerSecond ?? NaN) - expected) < 1e-9);
        assert.equal(last.messagesProcessed, messages);
      }),
      { numRuns: 100 },
    );
  });
});

describe('levels', () => {
  const levelOf = (name: 'hitRatio' | 'meanResponseMs', value: number | null): string =>
    rateFigures({ ...calm, [name]: value }, limits)[name];

  test('turn from good to close to beyond as a limit is neared and crossed', () => {
    assert.deepEqual(
      [0.9, 0.78, 0.76, 0.7, 0.699, 0].map((value) => levelOf('hitRatio', value)),
      ['good', 'good', 'close', 'close', 'beyond', 'beyond'],
    );
    assert.deepEqual(
      [20, 450, 451, 500, 500.1, 1e9].map((value) => levelOf('meanResponseMs', value)),
      ['good', 'good', 'close', 'close', 'beyond', 'beyond'],
    );
  });

  test('leave room above a hit-rate limit near 100%', () => {
    const strict = { ...limits, minHitRatio: 0.98 };
    assert.equal(rateFigures({ ...calm, hitRatio: 1 }, strict).hitRatio, 'good');
    assert.equal(rateFigures({ ...calm, hitRatio: 0.985 }, strict).hitRatio, 'close');
  });

  test('are unknown without data, and when there were too few look-ups to judge by', () => {
    assert.equal(levelOf('meanResponseMs', null), 'unknown');
    assert.equal(rateFigures({ ...calm, hitRatio: 0, lookups: 99 }, limits).hitRatio, 'unknown');
    assert.equal(rateFigures({ ...calm, hitRatio: 0, lookups: 100 }, limits).hitRatio, 'beyond');
  });

  test('of connections are those of the pool or of the clients, whichever is worse', () => {
    const level = (poolUtilization: number, activeConnections: number): string =>
      rateFigures({ ...calm, poolUtilization, activeConnections }, limits).activeConnections;
    assert.deepEqual(
      [level(0.1, 10), level(0.75, 10), level(0.81, 10), level(0.1, 950), level(0.1, 1_001)],
      ['good', 'close', 'beyond', 'close', 'beyond'],
    );
  });

  test('of a full cache is close, never beyond; without caches there is none', () => {
    assert.equal(rateFigures({ ...calm, cacheEntries: 100 }, limits).cacheEntries, 'close');
    assert.equal(rateFigures(calm, { ...limits, cacheCapacity: 0 }).cacheEntries, 'unrated');
  });

  test('get worse and never better as a figure gets worse', () => {
    const order = ['good', 'close', 'beyond'];
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (one, other, minHitRatio) => {
          const rank = (hitRatio: number): number =>
            order.indexOf(rateFigures({ ...calm, hitRatio }, { ...limits, minHitRatio }).hitRatio);
          assert.ok(rank(Math.min(one, other)) >= rank(Math.max(one, other)));
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('the history keeps the last ten minutes and no more, with gaps where nothing was known', () => {
  const history = new SnapshotHistory();
  assert.deepEqual(history.message(limits), {
    type: 'history',
    limits,
    atMs: [],
    columns: Object.fromEntries(Object.keys(calm).map((name) => [name, []])),
    latest: null,
  });
  const snapshots = Array.from({ length: 700 }, (_, index): Snapshot => {
    const figures = { ...calm, messagesProcessed: index, hitRatio: index % 2 === 0 ? null : 1 / 3 };
    return { atMs: index * 1_000, figures, levels: rateFigures(figures, limits), alerts: [] };
  });
  for (const snapshot of snapshots) history.add(snapshot);
  const message = history.message(limits);
  assert.ok(message.type === 'history');
  assert.equal(message.atMs.length, 600);
  assert.deepEqual([message.atMs[0], message.atMs.at(-1)], [100_000, 699_000]);
  assert.deepEqual(message.columns['messagesProcessed']?.slice(0, 2), [100, 101]);
  assert.deepEqual(message.columns['hitRatio']?.slice(0, 2), [null, 0.3333]);
  assert.deepEqual(message.latest, snapshots.at(-1));
  assert.ok(JSON.stringify(message).length < 60_000);
});
