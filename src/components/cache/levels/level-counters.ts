import { DurationHistogram } from '../../internal/duration-histogram.ts';
import type { LevelStats } from './multi-level-cache.ts';

/** What is counted for one level. */
export class LevelCounters {
  readonly name: string;
  readonly latency = new DurationHistogram();
  lookups = 0;
  hits = 0;
  promotions = 0;
  failures = 0;

  constructor(name: string) {
    this.name = name;
  }

  stats(allLookups: number): LevelStats {
    return {
      name: this.name,
      lookups: this.lookups,
      hits: this.hits,
      hitRatio: this.lookups === 0 ? 0 : this.hits / this.lookups,
      share: allLookups === 0 ? 0 : this.hits / allLookups,
      promotions: this.promotions,
      failures: this.failures,
      latency: this.latency.summary(),
    };
  }
}
