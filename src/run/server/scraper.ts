import { scrapeErrors, serverPrefix } from '../../model/metrics/server-metrics.ts';
import { createSeriesChoice } from './choose-series.ts';
import { FetchFailure } from './fetch-page.ts';
import { MetricGrowth } from './metric-growth.ts';
import { parseExposition } from './parse-exposition.ts';
import { readMetrics } from './read-metrics.ts';
import { emptyReading } from './server-reading.ts';
import type { Clock } from '../../measure/clock.ts';
import type { MetricDefinition } from '../../model/metrics.ts';
import type { Page } from './fetch-page.ts';
import type { ServerReading } from './server-reading.ts';

export interface ScraperOptions {
  readonly page: Pick<Page, 'fetch'>;
  /** Metrics of the server that the plan knows: those in targets. */
  readonly planned: readonly MetricDefinition[];
  readonly keep: readonly string[];
  readonly maxSeries: number;
  /** Names that the system tells already. */
  readonly taken: ReadonlySet<string>;
  readonly now: Clock;
}

/** Reads what a server tells of itself, page after page. */
export interface Scraper {
  /** Never rejects: a failure is an error in the reading. */
  readonly scrape: () => Promise<ServerReading>;
  readonly notes: () => readonly string[];
}

export function createScraper({ page, planned, keep, maxSeries, taken, now }: ScraperOptions): Scraper {
  const wanted = new Set(planned.map(({ name }) => name));
  const choice = createSeriesChoice({ keep, wanted, maxSeries, taken });
  const growth = new MetricGrowth(planned);
  let successes = 0;
  let firstFailure: string | null = null;

  async function read(): Promise<ServerReading> {
    try {
      const text = await page.fetch();
      const atNs = now();
      const series = choice.choose(readMetrics(parseExposition(text)));
      successes += 1;
      return attempted(growth.read(series, atNs), 0);
    } catch (error) {
      if (!(error instanceof FetchFailure || error instanceof SyntaxError)) throw error;
      const failure = error instanceof FetchFailure ? error.failure : 'format';
      firstFailure ??= `${failure}: ${error.message}`;
      const example = `${serverPrefix}metrics: ${error.message}`;
      const atNs = now();
      const errors = [{ class: `scrape_${failure}`, tags: {}, count: 1, example }];
      return attempted({ ...emptyReading(atNs, atNs), errors }, 1);
    }
  }

  return {
    scrape: read,
    notes: () => {
      const left = choice.leftOut();
      return [
        ...(successes === 0 && firstFailure !== null
          ? [`nothing could be read of the server's metrics (${firstFailure})`]
          : []),
        ...(left > 0
          ? [
              `${left} series of the server were left out, beyond the first ${maxSeries}: name those that matter under server.keep`,
            ]
          : []),
      ];
    },
  };
}

function attempted(reading: ServerReading, failed: 0 | 1): ServerReading {
  const attempt = { metric: scrapeErrors.name, tags: {}, count: failed, per: 'attempts' } as const;
  return { ...reading, counters: [...reading.counters, attempt] };
}
