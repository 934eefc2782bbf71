import type { Driver, VirtualClock } from '../subjects/driver.ts';
import { createLatencies } from './synthetic-latencies.ts';
import type { LatencyShape } from './synthetic-latencies.ts';
import { OptionReader } from './read-options.ts';

/**
 * Operations of known latency on a virtual clock, to prove that what goes in comes out. Options: latency (fixed,
 * uniform, two-point, exponential or list) with its parameters: fixed {value}; uniform {low, high}; two-point {low,
 * high, highShare}; exponential {mean}; list {values}, taken in turn. failures: the share of operations that throw.
 */
export const syntheticDriver: Driver = {
  create({ options, random }) {
    const reader = new OptionReader('synthetic', options);
    const shape = readShape(reader);
    const failures = reader.ratio('failures', 0);
    reader.end();
    const latency = createLatencies(shape, random.fork('latencies'));
    const failing = random.fork('failures');
    const clock = createVirtualClock();
    return {
      operations: {
        run: () => {
          clock.advanceTo(clock.now() + latency());
          if (failures > 0 && failing.next() < failures)
            throw new SyntheticError('failed as its scenario wants');
          return undefined;
        },
      },
      clock,
    };
  },
};

class SyntheticError extends Error {
  override readonly name = 'SyntheticError';
}

function readShape(reader: OptionReader): LatencyShape {
  const kind = reader.oneOf('latency', ['fixed', 'uniform', 'two-point', 'exponential', 'list'], 'fixed');
  switch (kind) {
    case 'fixed':
      return { kind, valueNs: reader.durationNs('value', 1e6) };
    case 'uniform':
      return { kind, lowNs: reader.durationNs('low', 1e6), highNs: reader.durationNs('high', 2e6) };
    case 'two-point': {
      const [lowNs, highNs] = [reader.durationNs('low', 1e6), reader.durationNs('high', 100e6)];
      return { kind, lowNs, highNs, highShare: reader.ratio('highShare', 0.01) };
    }
    case 'exponential':
      return { kind, meanNs: reader.durationNs('mean', 1e6) };
    case 'list':
      return { kind, valuesNs: reader.durationsNs('values') };
  }
}

/** A clock that starts at 0 and moves only when told to. */
function createVirtualClock(): VirtualClock {
  let timeNs = 0;
  return {
    now: () => timeNs,
    advanceTo(ns) {
      if (ns > timeNs) timeNs = ns;
    },
  };
}
