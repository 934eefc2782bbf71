import { nowNs } from '../../measure/clock.ts';
import { isServerMetric, serverProcessMetrics } from '../../model/metrics/server-metrics.ts';
import { createScraper } from './scraper.ts';
import { openProcess } from './read-process.ts';
import { TimeLine } from './time-line.ts';
import type { Clock } from '../../measure/clock.ts';
import type { Interval } from '../../model/interval.ts';
import type { LoadPlan } from '../../model/plan.ts';
import type { ServerPlan } from '../../model/server-plan.ts';
import type { Page } from './fetch-page.ts';
import type { ProcessReader } from './read-process.ts';
import type { Scraper } from './scraper.ts';

export interface ServerWatchOptions {
  readonly plan: Pick<LoadPlan, 'metrics' | 'phases'>;
  readonly server: ServerPlan;
  /** Where the server tells of itself; null where it does not. */
  readonly page: Page | null;
  /** Process to watch; null for none. */
  readonly pid: number | null;
  readonly now?: Clock;
}

/** Reads the server while a load runs, beside it: on the thread that shows and saves, never on one that loads. */
export interface ServerWatch {
  /** The interval of the load with what was read of the server in it; perhaps one more, for the phase before. */
  readonly see: (interval: Interval) => readonly Interval[];
  /** The load is over: a last reading. */
  readonly finish: () => Promise<readonly Interval[]>;
  /** What people should know of how it was read. */
  readonly notes: () => readonly string[];
  /** Stop reading, whatever has happened; may be called twice. */
  readonly close: () => void;
}

/** Takes the first reading, with which the others are compared. Throws PerfkitError when there is no such process. */
export async function watchServer(options: ServerWatchOptions): Promise<ServerWatch> {
  const { plan, server, page, pid, now = nowNs } = options;
  const line = new TimeLine(plan.phases.flatMap((phase) => (phase.with === null ? [] : [phase.name])));
  const process = pid === null ? null : openProcess({ pid, atNs: now() });
  const scraper = page === null || server.scrape === null ? null : scraperFor(options, page, now);
  const first = await scraper?.scrape();
  if (first !== undefined) line.add({ ...first, gauges: [] });
  const reader = startReading({ line, process, scraper, everyNs: server.everyNs, now });
  return {
    see: (interval) => {
      const atNs = now();
      // as the interval ends, so that CPU time and operations are of the same time
      if (process !== null && line.carries(interval)) line.add(process.read(atNs));
      return line.place(interval, atNs);
    },
    finish: async () => {
      await reader.stop();
      if (process !== null) line.add(process.read(now()));
      if (scraper !== null) line.add(await scraper.scrape());
      return line.finish();
    },
    notes: () => scraper?.notes() ?? [],
    close: () => {
      void reader.stop();
      page?.close();
    },
  };
}

function scraperFor({ plan, server, pid }: ServerWatchOptions, page: Page, now: Clock): Scraper {
  const { keep = [], maxSeries = 0 } = server.scrape ?? {};
  const taken = new Set(pid === null ? [] : serverProcessMetrics.map(({ name }) => name));
  const planned = plan.metrics.filter(({ name }) => isServerMetric(name));
  return createScraper({ page, planned, keep, maxSeries, taken, now });
}

interface ReaderOptions {
  readonly line: TimeLine;
  readonly process: ProcessReader | null;
  readonly scraper: Scraper | null;
  readonly everyNs: number;
  readonly now: Clock;
}

/** Reads at every tick; a page that takes longer than that is not asked for twice at once. */
function startReading({ line, process, scraper, everyNs, now }: ReaderOptions): {
  readonly stop: () => Promise<void>;
} {
  let scraping: Promise<void> | null = null;
  const timer = setInterval(() => {
    if (process !== null) line.add(process.read(now()));
    if (scraper === null || scraping !== null) return;
    scraping = scraper
      .scrape()
      .then((reading) => line.add(reading))
      .finally(() => {
        scraping = null;
      });
  }, everyNs / 1e6);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await scraping;
    },
  };
}
