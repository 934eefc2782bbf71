import type { StoreStats } from './store.ts';

/** The counts that every store keeps. */
export class StoreCounts {
  reads = 0;
  found = 0;
  writes = 0;
  transactions = 0;
  splits = 0;
  queries = 0;

  read<T>(value: T | undefined): T | undefined {
    this.reads++;
    if (value !== undefined) this.found++;
    return value;
  }

  snapshot(): StoreStats {
    const { reads, found, writes, transactions, splits, queries } = this;
    return { reads, found, writes, transactions, splits, queries };
  }
}
