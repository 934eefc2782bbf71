import type { Pattern, PatternChanges, PatternQuery, PatternUpdate } from './pattern.ts';

/**
 * Keeps patterns on disk. A write whose promise has resolved outlives the process being killed (`durability`
 * 'process') or the power being cut ('power'). Writes take effect in the order in which they were called.
 *
 * Every method throws or rejects with StoreClosedError after `close`, TypeError or RangeError on patterns and queries
 * that break the rules of pattern.ts; a failed write of several rejects with PartialWriteError.
 */
export interface Store {
  get(id: string): Promise<Pattern | undefined>;
  /** Holds the thread up for as long as the disk does. */
  getSync(id: string): Pattern | undefined;
  /** In the order of the ids; undefined where there is none. */
  getMany(ids: readonly string[]): Promise<(Pattern | undefined)[]>;
  /** Insert, or replace the one with that id. */
  put(pattern: Pattern): Promise<void>;
  /**
   * In transactions of at most `transactionRows` rows, each of which is written as a whole or not at all; between them
   * the event loop runs.
   */
  putMany(patterns: readonly Pattern[]): Promise<void>;
  /** False when there is none of that id. */
  update(id: string, changes: PatternChanges): Promise<boolean>;
  /** Transactions as `putMany`; how many ids there were. */
  updateMany(updates: readonly PatternUpdate[]): Promise<number>;
  /** Whether there was one. */
  delete(id: string): Promise<boolean>;
  query(query: PatternQuery): Promise<Pattern[]>;
  count(): Promise<number>;
  stats(): StoreStats;
  /** After all writes that were called before. A second call waits for the first. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** A file (sqlite) or folder (lsm); made when it is not there. */
  readonly path: string;
  /** What an acknowledged write outlives. 'power' waits for the disk on every transaction. @default 'process' */
  readonly durability?: Durability;
  /** Most rows of a transaction. @default 1000 */
  readonly transactionRows?: number;
  /** A transaction ends early after so long, so that the event loop runs. @default 8 */
  readonly loopBudgetMs?: number;
  /** A monotonic clock in milliseconds. @default performance.now */
  readonly now?: () => number;
}

export type Durability = 'process' | 'power';

/** Counts since it was opened. */
export interface StoreStats {
  /** Ids asked for, and those that there were. */
  readonly reads: number;
  readonly found: number;
  /** Rows put, updated or deleted. */
  readonly writes: number;
  readonly transactions: number;
  /** Transactions that were ended by the event-loop budget. */
  readonly splits: number;
  readonly queries: number;
}
