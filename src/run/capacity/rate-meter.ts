import type { Interval } from '../../model/interval.ts';

/**
 * What became of the load while it was on: requests that fell due in the measured phase, and those that ended in that
 * time, also the ones that the warm-up left behind. Replies that come in the quiet after the phase do not count: a
 * server that still works off its queue then has not kept up.
 */
export interface RateMeter {
  readonly see: (interval: Interval) => void;
  readonly due: () => number;
  readonly ended: () => number;
}

export function createRateMeter(): RateMeter {
  let due = 0;
  let ended = 0;
  return {
    see: ({ measured, durationNs, counters }) => {
      // what ends after its phase comes in intervals without time of their own
      const late = durationNs === 0;
      for (const { metric, count, of } of counters) {
        if (metric === 'arrivals' && measured) due += count;
        if (metric === 'errors' && measured !== late) ended += of;
      }
    },
    due: () => due,
    ended: () => ended,
  };
}
