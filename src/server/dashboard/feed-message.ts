import type { AlertNotice } from '../monitoring/alert-history.ts';

/** The seven figures of the page. */
export type TileName =
  | 'hitRatio'
  | 'batchesSent'
  | 'meanResponseMs'
  | 'activeConnections'
  | 'messagesProcessed'
  | 'cacheEntries'
  | 'activeBatches';

/** What a snapshot holds: the seven, and what is shown beside them. Ratios are from 0 to 1. */
export const figureNames = [
  'hitRatio',
  'batchesSent',
  'meanResponseMs',
  'activeConnections',
  'messagesProcessed',
  'cacheEntries',
  'activeBatches',
  'batchesPerSecond',
  'messagesPerSecond',
  'lookups',
  'responses',
  'poolUtilization',
] as const;

export type FigureName = (typeof figureNames)[number];

/** null: nothing happened that it could be told from. */
export type Figures = Readonly<Record<FigureName, number | null>>;

/** How well a figure is: `unrated` has no limit, `unknown` has too little to be judged by. */
export type Level = 'good' | 'close' | 'beyond' | 'unrated' | 'unknown';

export type Levels = Readonly<Record<TileName, Level>>;

/** An alert that is raised. `at`: since when, ISO 8601. */
export type ShownAlert = Pick<AlertNotice, 'rule' | 'message' | 'at'>;

export interface Snapshot {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly figures: Figures;
  readonly levels: Levels;
  /** null: monitoring is switched off. */
  readonly alerts: readonly ShownAlert[] | null;
}

/** What the figures are judged by. */
export interface Limits {
  readonly minHitRatio: number;
  readonly maxMeanResponseMs: number;
  readonly maxPoolUtilization: number;
  readonly maxClients: number;
  /** Entries of all caches whose size is shown; 0: there are none. */
  readonly cacheCapacity: number;
  /** What hit ratio and response time are the mean of. */
  readonly windowSeconds: number;
}

/** What the feed sends: the history once, at the start, and then a snapshot a second. */
export type FeedMessage =
  | {
      readonly type: 'history';
      readonly limits: Limits;
      /** Milliseconds since 1970, oldest first. */
      readonly atMs: readonly number[];
      /** By the name of the figure, each as long as `atMs`. */
      readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
      readonly latest: Snapshot | null;
    }
  | ({ readonly type: 'snapshot' } & Snapshot);
