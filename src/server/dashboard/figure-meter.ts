import type { Figures } from './feed-message.ts';
import type { FigureTotals } from './figure-totals.ts';
import { TotalHistory } from './total-history.ts';

/** What hit ratio and mean response time are of: long enough to be steady, short enough to show what is wrong now. */
export const meanWindowMs = 60_000;
/** What rates are of. */
const rateWindowMs = 10_000;
/** Readings are a second apart; when somebody reads more often, windows get shorter and memory does not grow. */
const mostReadings = 2 + meanWindowMs / 1_000;

/** Makes figures of totals, by what changed within the last minute. `atMs`: of a monotonic clock. */
export function createFigureMeter(): (atMs: number, totals: FigureTotals) => Figures {
  const history = new TotalHistory(mostReadings);
  return (atMs, totals) => {
    // Before the first reading nothing is known: its own totals are then of no time at all.
    const minute = history.since(atMs - meanWindowMs) ?? { atMs, totals };
    const seconds = history.since(atMs - rateWindowMs) ?? { atMs, totals };
    history.add({ atMs, totals });
    const lookups = totals.lookups - minute.totals.lookups;
    const responses = totals.replies - minute.totals.replies;
    const rate = (field: 'batches' | 'messages'): number | null =>
      atMs > seconds.atMs ? ((totals[field] - seconds.totals[field]) / (atMs - seconds.atMs)) * 1_000 : null;
    return {
      hitRatio: lookups > 0 ? (totals.hits - minute.totals.hits) / lookups : null,
      batchesSent: totals.batches,
      meanResponseMs: responses > 0 ? (totals.replyMs - minute.totals.replyMs) / responses : null,
      activeConnections: totals.connections,
      messagesProcessed: totals.messages,
      cacheEntries: totals.cacheEntries,
      activeBatches: totals.waitingBatches,
      batchesPerSecond: rate('batches'),
      messagesPerSecond: rate('messages'),
      lookups,
      responses,
      poolUtilization: totals.poolUtilization,
    };
  };
}
