import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRateMeter } from '../../../src/run/capacity/rate-meter.ts';
import { interval } from '../../helpers/results.ts';
import type { Interval } from '../../../src/model/interval.ts';

function requests(due: number, ended: number, more: Partial<Interval>): Interval {
  return interval({
    counters: [
      { metric: 'arrivals', tags: {}, count: due, of: 1e9 },
      { metric: 'errors', tags: {}, count: 0, of: ended },
    ],
    ...more,
  });
}

test('counts what ended while the measured phase was on, the leftovers of the warm-up too', () => {
  const meter = createRateMeter();
  meter.see(requests(50, 40, { measured: false }));
  // the warm-up's last requests end while the measured phase is on
  meter.see(requests(0, 10, { measured: false, durationNs: 0 }));
  meter.see(requests(100, 85, { measured: true }));
  // and its own end in the quiet after it
  meter.see(requests(0, 15, { measured: true, durationNs: 0 }));
  assert.deepEqual([meter.due(), meter.ended()], [100, 95]);
});
