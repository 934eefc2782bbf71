import type { Figures, Level, Levels, Limits } from './feed-message.ts';

/** Look-ups before a hit ratio says something. */
const fewestLookups = 100;
/** How near to its limit a figure is called close: a tenth of the limit, or half of what is left above it. */
const closeShare = 0.1;

/** Judges each figure by its limit. Those without a limit are not judged: a number alone is neither good nor bad. */
export function rateFigures(figures: Figures, limits: Limits): Levels {
  const { hitRatio, meanResponseMs, activeConnections, cacheEntries, lookups, poolUtilization } = figures;
  const { minHitRatio, maxMeanResponseMs, maxPoolUtilization, maxClients, cacheCapacity } = limits;
  return {
    hitRatio: atLeast((lookups ?? 0) < fewestLookups ? null : hitRatio, minHitRatio),
    meanResponseMs: atMost(meanResponseMs, maxMeanResponseMs),
    activeConnections: worse(
      atMost(poolUtilization, maxPoolUtilization),
      atMost(activeConnections, maxClients),
    ),
    // A full cache is at work, it drops what is used least: no failure, but the reason of a low ratio.
    cacheEntries: cacheCapacity === 0 ? 'unrated' : isFull(cacheEntries, cacheCapacity) ? 'close' : 'good',
    batchesSent: 'unrated',
    messagesProcessed: 'unrated',
    activeBatches: 'unrated',
  };
}

const fullShare = 0.9;

function isFull(entries: number | null, capacity: number): boolean {
  return (entries ?? 0) >= capacity * fullShare;
}

/** Of a ratio. */
function atLeast(value: number | null, limit: number): Level {
  if (value === null) return 'unknown';
  if (value < limit) return 'beyond';
  return value < limit + Math.min(limit * closeShare, (1 - limit) / 2) ? 'close' : 'good';
}

function atMost(value: number | null, limit: number): Level {
  if (value === null) return 'unknown';
  if (value > limit) return 'beyond';
  return value > limit * (1 - closeShare) ? 'close' : 'good';
}

function worse(one: Level, other: Level): Level {
  if (one === 'beyond' || other === 'beyond') return 'beyond';
  return one === 'close' || other === 'close' ? 'close' : one;
}
