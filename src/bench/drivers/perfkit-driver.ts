import { Histogram } from '../../measure/histogram.ts';
import { createKeySampler } from '../../measure/key-sampler.ts';
import type { Driver, Operation } from '../subjects/driver.ts';
import { OptionReader } from './read-options.ts';

const operations = ['clock', 'record', 'key'] as const;

/**
 * perfkit's own hot paths, which bound what it can measure. Option: operation: clock (one reading), record (one
 * latency into a histogram) or key (one draw from the workload's distribution).
 */
export const perfkitDriver: Driver = {
  create({ options, workload, random, now }) {
    const reader = new OptionReader('perfkit', options);
    const operation = reader.oneOf('operation', operations, 'record');
    reader.end();
    const histogram = new Histogram();
    // Latencies of all magnitudes, as from a fast and a slow server.
    const values = Float64Array.from({ length: 65_536 }, () => Math.exp(random.next() * 20));
    const nextKey = createKeySampler(workload.distribution, workload.keys, random);
    const available: Readonly<Record<(typeof operations)[number], Operation>> = {
      clock: () => now(),
      record: (index) => histogram.record(values[index & 65_535]!),
      key: () => nextKey(),
    };
    return {
      operations: { [operation]: available[operation] },
      close: () => histogram.destroy(),
    };
  },
};
