import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  createSlidingWindow,
  createTokenBucket,
  rateLimiters,
} from '../../../src/components/limiter/index.ts';

interface Taking {
  readonly atMs: number;
  readonly points: number;
}

interface Request {
  readonly afterMs: number;
  readonly points: number;
}

const requests = fc.array(
  fc.record({ afterMs: fc.nat({ max: 60 }), points: fc.integer({ min: 1, max: 4 }) }),
  { minLength: 1, maxLength: 100 },
);

/** `check` with any requests, a limit that each of them is within, and any `second` up to `most`. */
const forAnyRequests = (
  most: number,
  check: (all: readonly Request[], limit: number, second: number) => void,
): void =>
  fc.assert(
    fc.property(requests, fc.integer({ min: 4, max: 10 }), fc.integer({ min: 1, max: most }), check),
    {
      numRuns: 200,
    },
  );

/** Points taken in [fromMs, toMs). */
const takenIn = (takings: readonly Taking[], fromMs: number, toMs: number): number =>
  takings.reduce((sum, { atMs, points }) => (atMs >= fromMs && atMs < toMs ? sum + points : sum), 0);

test('token bucket: never more than a burst and the refill, in any span of time', () => {
  forAnyRequests(200, (all, capacity, rate) => {
    let nowMs = 0;
    const limiter = createTokenBucket({ capacity, refillPerSecond: rate, now: () => nowMs });
    const takings: Taking[] = [];
    for (const { afterMs, points } of all) {
      nowMs += afterMs;
      if (limiter.consume('k', points).allowed) takings.push({ atMs: nowMs, points });
    }
    for (const { atMs: fromMs } of takings) {
      for (const { atMs: toMs } of takings) {
        if (toMs < fromMs) continue;
        const most = capacity + ((toMs - fromMs) * rate) / 1000;
        assert.ok(takenIn(takings, fromMs, toMs + 0.5) <= most + 1e-6);
      }
    }
  });
});

test('sliding window: never more than the limit in any window', () => {
  forAnyRequests(300, (all, limit, windowMs) => {
    let nowMs = 0;
    const limiter = createSlidingWindow({ limit, windowMs, now: () => nowMs });
    const takings: Taking[] = [];
    for (const { afterMs, points } of all) {
      nowMs += afterMs;
      const before = takenIn(takings, nowMs - windowMs + 1e-9, nowMs + 1);
      const { allowed, remaining } = limiter.consume('k', points);
      assert.equal(allowed, before + points <= limit, 'as much as is allowed, and no more');
      assert.equal(remaining, limit - before - (allowed ? points : 0));
      if (allowed) takings.push({ atMs: nowMs, points });
    }
    for (const { atMs } of takings) assert.ok(takenIn(takings, atMs, atMs + windowMs) <= limit);
  });
});

for (const [name, create] of Object.entries(rateLimiters)) {
  test(`${name}: refused until msBeforeNext, allowed then`, () => {
    forAnyRequests(300, (all, limit, windowMs) => {
      let nowMs = 0;
      const limiter = create({ limit, windowMs, now: () => nowMs });
      for (const { afterMs, points } of all) {
        nowMs += afterMs;
        const peeked = limiter.peek('k', points);
        const { allowed, msBeforeNext } = limiter.consume('k', points);
        assert.deepEqual([peeked.allowed, peeked.msBeforeNext], [allowed, msBeforeNext]);
        assert.equal(msBeforeNext === 0, allowed);
        if (allowed) continue;
        const startMs = nowMs;
        nowMs = startMs + msBeforeNext * 0.999 - 0.001;
        assert.equal(limiter.peek('k', points).allowed, false);
        nowMs = startMs + msBeforeNext + 1e-6;
        assert.equal(limiter.peek('k', points).allowed, true);
        nowMs = startMs;
      }
    });
  });

  test(`${name}: keys do not share, a bounded number is remembered, reset forgives`, () => {
    let nowMs = 0;
    const limiter = create({ limit: 2, windowMs: 1000, maxKeys: 3, now: () => nowMs });
    for (const key of ['a', 'b', 'c']) assert.equal(limiter.consume(key, 2).allowed, true);
    assert.equal(limiter.consume('a').allowed, false);
    limiter.reset('a');
    assert.equal(limiter.consume('a', 2).allowed, true);
    limiter.consume('d');
    assert.deepEqual(limiter.stats(), { allowed: 5, refused: 1, keys: 3, forgottenEarly: 1 });
    assert.equal(limiter.peek('b', 2).allowed, true, 'b was not asked for longest');
    assert.equal(limiter.stats().keys, 3, 'looking does not remember');
    nowMs += 5000;
    limiter.consume('e');
    assert.equal(limiter.stats().forgottenEarly, 1, 'c had its points back');
  });

  test(`${name}: a clock that is set back gives nothing away`, () => {
    let nowMs = 1000;
    const limiter = create({ limit: 2, windowMs: 100, now: () => nowMs });
    limiter.consume('k', 2);
    nowMs = 0;
    assert.equal(limiter.consume('k').allowed, false);
  });

  test(`${name}: refuses points that can never be had`, () => {
    const limiter = create({ limit: 5, windowMs: 100 });
    for (const points of [0, 6, 1.5, -1, NaN]) {
      assert.throws(() => limiter.consume('k', points), /`points` to be a whole number from 1 to 5/);
    }
    assert.equal(limiter.stats().keys, 0);
  });
}

test('tells how long until as many points as were asked for are back', () => {
  let nowMs = 0;
  const bucket = createTokenBucket({ capacity: 10, refillPerSecond: 5, now: () => nowMs });
  assert.deepEqual(bucket.consume('k', 10), { allowed: true, remaining: 0, msBeforeNext: 0 });
  assert.deepEqual(bucket.consume('k', 2), { allowed: false, remaining: 0, msBeforeNext: 400 });
  nowMs = 200;
  assert.deepEqual(bucket.consume('k', 2), { allowed: false, remaining: 1, msBeforeNext: 200 });
  const window = createSlidingWindow({ limit: 3, windowMs: 1000, now: () => nowMs });
  window.consume('k', 2);
  nowMs = 500;
  window.consume('k', 1);
  assert.deepEqual(window.consume('k', 1), { allowed: false, remaining: 0, msBeforeNext: 700 });
  assert.deepEqual(window.consume('k', 3), { allowed: false, remaining: 0, msBeforeNext: 1000 });
});

test('refuses options it cannot follow, by name', () => {
  assert.throws(() => createTokenBucket({ capacity: 0, refillPerSecond: 1 }), /`capacity`/);
  assert.throws(
    () => createTokenBucket({ capacity: 1, refillPerSecond: 0 }),
    /`refillPerSecond` to be a positive/,
  );
  assert.throws(() => createSlidingWindow({ limit: 1, windowMs: 0 }), /`windowMs` to be more than 0/);
  assert.throws(() => createSlidingWindow({ limit: 1, windowMs: 5, maxKeys: 0 }), /`maxKeys`/);
});
