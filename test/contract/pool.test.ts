import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AcquireTimeoutError, createPool } from '../../src/components/pool/index.ts';
import { VirtualClock } from '../helpers/virtual-clock.ts';

// Random sequences of everything a user can do, on a virtual clock, with resources that are slow or fail to be made.

const settings = fc.record({
  max: fc.integer({ min: 1, max: 4 }),
  idleTimeoutMs: fc.constantFrom(0, 3, 10),
  acquireTimeoutMs: fc.constantFrom(0, 4, 15),
  createTimeoutMs: fc.constantFrom(0, 6),
  createRetries: fc.constantFrom(0, 0, 2),
  minShare: fc.constantFrom(0, 0, 0.5, 1),
  maxUses: fc.constantFrom(0, 0, 1, 3),
  maxLifetimeMs: fc.constantFrom(0, 0, 12),
  keepAliveMs: fc.constantFrom(0, 0, 5),
  validateIfIdleMs: fc.constantFrom(0, 2, 1000),
  leakThresholdMs: fc.constantFrom(0, 5),
  /** What the next checks say, again and again. */
  checks: fc.array(
    fc.record({
      takesMs: fc.integer({ min: 0, max: 4 }),
      ends: fc.constantFrom('valid', 'valid', 'valid', 'invalid', 'rejects', 'throws', 'hangs'),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  /** What the next calls of `create` do, again and again; they heed the signal. */
  creates: fc.array(
    fc.record({
      takesMs: fc.integer({ min: 0, max: 8 }),
      ends: fc.constantFrom('well', 'well', 'well', 'rejects', 'throws'),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  destroyTakesMs: fc.integer({ min: 0, max: 3 }),
  destroyEnds: fc.constantFrom('well', 'rejects'),
});

const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ op: fc.constant('acquire' as const), abortable: fc.boolean() }) },
    {
      weight: 6,
      arbitrary: fc.record({
        op: fc.constantFrom('release' as const, 'discard' as const),
        which: fc.nat({ max: 1000 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('abort' as const), which: fc.nat({ max: 1000 }) }) },
    {
      weight: 4,
      arbitrary: fc.record({ op: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 7 }) }),
    },
  ),
  { maxLength: 80, size: 'max' },
);

interface Resource {
  readonly id: number;
}

interface Borrower {
  readonly arrival: number;
  readonly arrivedMs: number;
  readonly controller: AbortController | null;
  outcome: { readonly resource: Resource } | { readonly error: unknown } | null;
}

test('never more than max, first come first served, nobody forgotten, nothing leaked', async () => {
  await fc.assert(
    fc.asyncProperty(settings, steps, fc.boolean(), async (chosen, sequence, byDrain) => {
      const { max, acquireTimeoutMs, creates, destroyTakesMs, destroyEnds, minShare, checks, maxUses } =
        chosen;
      const min = Math.floor(max * minShare);
      const clock = new VirtualClock();
      const borrowers: Borrower[] = [];
      const borrowed: Resource[] = [];
      const served: number[] = [];
      /** Resources that exist at the other end, and calls of `create` at work. */
      const alive = new Set<Resource>();
      let creating = 0;
      let created = 0;
      let createCalls = 0;
      let checkCalls = 0;
      const uses = new Map<Resource, number>();
      const checking = new Set<Resource>();

      const pool = createPool<Resource>({
        ...chosen,
        min,
        createBackoff: { initialMs: 2, maxMs: 8 },
        validateTimeoutMs: 6,
        random: () => 0.4,
        timers: clock,
        now: clock.nowMs,
        validate: async (resource, signal) => {
          const call = checks[checkCalls++ % checks.length];
          assert.ok(call !== undefined);
          if (call.ends === 'throws') throw new Error('check threw');
          assert.ok(alive.has(resource) && !borrowed.includes(resource), 'nobody has what is checked');
          assert.ok(!checking.has(resource), 'checked once at a time');
          checking.add(resource);
          await new Promise<void>((resolve) => {
            const timer = clock.setTimeout(resolve, call.ends === 'hangs' ? 1e6 : call.takesMs);
            signal.addEventListener('abort', () => {
              clock.clearTimeout(timer);
              resolve();
            });
          });
          checking.delete(resource);
          if (call.ends === 'rejects') throw new Error('check rejected');
          return call.ends === 'valid';
        },
        create: (signal) => {
          const call = creates[createCalls++ % creates.length];
          assert.ok(call !== undefined);
          if (call.ends === 'throws') throw new Error('create threw');
          creating++;
          const { promise, resolve, reject } = Promise.withResolvers<Resource>();
          const timer = clock.setTimeout(() => {
            creating--;
            if (call.ends === 'rejects') return reject(new Error('create rejected'));
            const resource = { id: created++ };
            alive.add(resource);
            resolve(resource);
          }, call.takesMs);
          signal.addEventListener('abort', () => {
            creating--;
            clock.clearTimeout(timer);
            reject(signal.reason);
          });
          return promise;
        },
        destroy: (resource) => {
          const { promise, resolve, reject } = Promise.withResolvers<void>();
          clock.setTimeout(() => {
            assert.ok(alive.delete(resource), 'destroyed once');
            if (destroyEnds === 'well') resolve();
            else reject(new Error('destroy rejected'));
          }, destroyTakesMs);
          return promise;
        },
      });

      const waiting = (): Borrower[] => borrowers.filter(({ outcome }) => outcome === null);
      const check = (): void => {
        const stats = pool.stats();
        assert.ok(
          stats.total <= max && alive.size + creating <= max,
          `${alive.size} alive, ${creating} in creation`,
        );
        assert.equal(stats.borrowed, borrowed.length);
        assert.equal(stats.waiting, waiting().length);
        assert.deepEqual(
          served,
          served.toSorted((a, b) => a - b),
          'in order of arrival',
        );
        assert.equal(new Set(borrowed).size, borrowed.length, 'one resource, one borrower');
        if (stats.waiting > 0) {
          const onTheWay = stats.total - stats.idle - stats.borrowed;
          assert.ok(stats.idle === 0 || onTheWay >= stats.waiting, 'nobody waits beside an idle resource');
          assert.ok(
            stats.total === max || onTheWay >= stats.waiting,
            'nobody waits for a place that is free',
          );
        }
        if (acquireTimeoutMs > 0)
          assert.ok(waiting().every(({ arrivedMs }) => clock.nowMs() - arrivedMs < acquireTimeoutMs));
      };

      for (const step of sequence) {
        if (step.op === 'acquire') {
          const controller = step.abortable ? new AbortController() : null;
          const borrower: Borrower = {
            arrival: borrowers.length,
            arrivedMs: clock.nowMs(),
            controller,
            outcome: null,
          };
          borrowers.push(borrower);
          void pool.acquire({ signal: controller?.signal }).then(
            (resource) => {
              borrower.outcome = { resource };
              const count = (uses.get(resource) ?? 0) + 1;
              assert.ok(maxUses === 0 || count <= maxUses);
              assert.ok(alive.has(resource) && !checking.has(resource));
              uses.set(resource, count);
              borrowed.push(resource);
              served.push(borrower.arrival);
            },
            (error: unknown) => (borrower.outcome = { error }),
          );
        } else if (step.op === 'abort') {
          const candidates = waiting().filter(({ controller }) => controller !== null);
          const { controller } = candidates[step.which % Math.max(1, candidates.length)] ?? {};
          controller?.abort(new Error('changed my mind'));
        } else if (step.op === 'advance') await clock.advance(step.ms);
        else {
          const [resource] = borrowed.splice(step.which % Math.max(1, borrowed.length), 1);
          if (resource !== undefined) pool[step.op](resource);
        }
        await clock.settle();
        check();
      }

      const closed = byDrain ? pool.drain() : pool.destroy();
      await assert.rejects(pool.acquire(), { name: 'PoolClosedError' });
      await clock.settle();
      if (!byDrain) assert.equal(waiting().length, 0, 'destroy turns everybody away');
      for (let rounds = 0; rounds < 1000 && (borrowed.length > 0 || waiting().length > 0); rounds++) {
        const resource = borrowed.pop();
        if (resource !== undefined) pool.release(resource);
        await clock.advance(1);
        check();
      }
      assert.equal(waiting().length, 0, 'everybody has an answer');
      await clock.advance(100);
      await closed;
      await pool.drain();
      assert.equal(alive.size, 0);
      assert.equal(clock.pending.length, 0);
      for (const borrower of borrowers) checkOutcome(borrower);
      const stats = pool.stats();
      assert.deepEqual([stats.total, stats.idle, stats.borrowed, stats.waiting], [0, 0, 0, 0]);
      assert.deepEqual([stats.created, stats.destroyed], [created, created]);
      assert.equal(stats.acquires, served.length);
      assert.equal(stats.destroyFailures, destroyEnds === 'well' ? 0 : created);
    }),
    { numRuns: 200 },
  );
});

function checkOutcome({ outcome, controller }: Borrower): void {
  assert.ok(outcome !== null);
  if ('resource' in outcome) return;
  assert.ok(outcome.error instanceof Error);
  const expected = ['create threw', 'create rejected', 'changed my mind'];
  const known = ['CreateTimeoutError', 'PoolClosedError'];
  assert.ok(
    expected.includes(outcome.error.message) ||
      known.includes(outcome.error.name) ||
      outcome.error instanceof AcquireTimeoutError,
    String(outcome.error),
  );
  if (outcome.error.message === 'changed my mind') assert.equal(controller?.signal.aborted, true);
}
