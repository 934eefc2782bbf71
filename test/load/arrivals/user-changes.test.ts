import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { partOf } from '../../../src/load/arrivals/share.ts';
import { userChanges, usersAt } from '../../../src/load/arrivals/user-changes.ts';

const anyRamp = fc.record({
  from: fc.nat(300),
  to: fc.nat(300),
  forNs: fc.integer({ min: 1, max: 60 }).map((seconds) => seconds * 1e9),
});

/** Times of all changes. */
function changesOf(ramp: { from: number; to: number; forNs: number }, worker = 0, workers = 1): number[] {
  const due = userChanges(ramp, { worker, workers });
  const times: number[] = [];
  for (let n = 0, at = due(0); at < Infinity; at = due(++n)) times.push(at);
  return times;
}

test('as many users join or leave as the ramp says, in time and evenly', () => {
  fc.assert(
    fc.property(anyRamp, (ramp) => {
      const times = changesOf(ramp);
      assert.equal(times.length, Math.abs(ramp.to - ramp.from));
      assert.ok(times.every((at, n) => at > (times[n - 1] ?? 0) && at < ramp.forNs));
      // the time that all users have together is the area under the line
      const sign = Math.sign(ramp.to - ramp.from);
      const userNs = times.reduce((sum, at) => sum + sign * (ramp.forNs - at), ramp.from * ramp.forNs);
      const area = ((ramp.from + ramp.to) / 2) * ramp.forNs;
      assert.ok(Math.abs(userNs - area) <= 1e-6 * area + 1);
    }),
    { numRuns: 200 },
  );
});

test('the users of all shares together are those of one thread at any time', () => {
  fc.assert(
    fc.property(
      anyRamp,
      fc.integer({ min: 1, max: 9 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (ramp, workers, part) => {
        const ns = part * ramp.forNs;
        const sign = Math.sign(ramp.to - ramp.from);
        const all = usersAt(ramp, ns);
        for (let worker = 0; worker < workers; worker++) {
          const share = { worker, workers };
          const changes = changesOf(ramp, worker, workers).filter((at) => at <= ns).length;
          // users are numbered, and each thread has those that are its own
          assert.equal(partOf(ramp.from, share) + sign * changes, partOf(all, share));
        }
      },
    ),
    { numRuns: 200 },
  );
});
