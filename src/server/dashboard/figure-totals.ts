/** What a server has counted since its start, and what it holds now. */
export interface FigureTotals {
  /** Look-ups in its caches, and those that found a value. */
  readonly lookups: number;
  readonly hits: number;
  readonly replies: number;
  /** Time that these replies took together. */
  readonly replyMs: number;
  readonly batches: number;
  /** Questions answered. */
  readonly messages: number;
  readonly connections: number;
  /** Upstream connections in use, of those there may be. */
  readonly poolUtilization: number;
  readonly cacheEntries: number;
  readonly cacheCapacity: number;
  readonly waitingBatches: number;
}
