import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Distribution } from '../../../src/measure/distribution.ts';
import { encodeBuckets } from '../../../src/run/server/encode-buckets.ts';
import { FetchFailure } from '../../../src/run/server/fetch-page.ts';
import { createScraper } from '../../../src/run/server/scraper.ts';
import type { Scraper } from '../../../src/run/server/scraper.ts';
import type { ScraperOptions } from '../../../src/run/server/scraper.ts';

/** Pages in turn; a failure is thrown. The clock goes a second a page. */
function scraperOf(pages: readonly (string | Error)[], more: Partial<ScraperOptions> = {}): Scraper {
  let at = 0;
  const fetch = (): Promise<string> => {
    const page = pages[at++] ?? '';
    return typeof page === 'string' ? Promise.resolve(page) : Promise.reject(page);
  };
  const options = { planned: [], keep: [], maxSeries: 200, taken: new Set<string>(), now: () => at * 1e9 };
  return createScraper({ page: { fetch }, ...options, ...more });
}

const attempts = (failed: 0 | 1) => ({
  metric: 'server.scrape_errors',
  tags: {},
  count: failed,
  per: 'attempts',
});

test('counters grow from one page to the next; units come from the end of the name', async () => {
  const page = (hits: number, seconds: number): string =>
    `# TYPE hits_total counter\nhits_total{phase="x"} ${hits}\nprocess_cpu_seconds_total ${seconds}\nqueue_bytes 5\nlag_ms 3\n`;
  const scraper = scraperOf([page(10, 1), page(25, 1.5)]);
  const first = await scraper.scrape();
  assert.deepEqual(first.counters, [attempts(0)]);
  assert.deepEqual(
    first.metrics.map(({ name, kind, unit }) => [name, kind, unit]),
    [
      ['server.hits_total', 'counter', 'count'],
      ['server.process_cpu_seconds_total', 'counter', 'ns'],
      ['server.queue_bytes', 'gauge', 'bytes'],
      ['server.lag_ms', 'gauge', 'ns'],
    ],
  );
  const second = await scraper.scrape();
  assert.deepEqual(second.counters, [
    { metric: 'server.hits_total', tags: { exported_phase: 'x' }, count: 15, per: 'time' },
    { metric: 'server.process_cpu_seconds_total', tags: {}, count: 0.5e9, per: 'time' },
    attempts(0),
  ]);
  assert.deepEqual([second.fromNs, second.atNs], [1e9, 2e9]);
  assert.deepEqual(second.metrics, []);
  assert.deepEqual(
    second.gauges.map(({ value }) => value),
    [5, 3e6],
  );
});

test('a series that comes later began at 0, and one that fell began again', async () => {
  const scraper = scraperOf(['a_total 7\n', 'a_total 9\nb_total 4\n', 'a_total 2\nb_total 4\n']);
  await scraper.scrape();
  const second = await scraper.scrape();
  assert.deepEqual(
    second.counters.slice(0, 2).map(({ count }) => count),
    [2, 4],
  );
  assert.deepEqual(second.errors, []);
  const third = await scraper.scrape();
  assert.deepEqual(
    third.counters.slice(0, 2).map(({ count }) => count),
    [2, 0],
  );
  assert.deepEqual(
    third.errors.map((error) => error.class),
    ['server_restart'],
  );
});

test('a histogram gives the values of the time between two pages, as upper bounds', async () => {
  const page = (...counts: readonly number[]): string =>
    `# TYPE t_seconds histogram\n${['0.001', '0.01', '+Inf'].map((le, index) => `t_seconds_bucket{le="${le}"} ${counts[index]}`).join('\n')}\nt_seconds_sum 1\nt_seconds_count ${counts[2]}\n`;
  const scraper = scraperOf([page(100, 200, 300), page(190, 299, 400)]);
  await scraper.scrape();
  const { histograms, counters } = await scraper.scrape();
  assert.deepEqual(counters, [attempts(0)]);
  const [growth] = histograms;
  assert.ok(growth !== undefined);
  assert.deepEqual(growth.counts, [90, 9, 1]);
  const slice = encodeBuckets(growth);
  assert.ok(slice !== null);
  const distribution = new Distribution();
  distribution.addSlice(slice);
  assert.equal(distribution.count, 100);
  assert.ok(Math.abs(distribution.valueAt(90).value - 1e6) < 2e3);
  assert.ok(Math.abs(distribution.valueAt(99).value - 1e7) < 2e4);
  assert.equal(distribution.valueAt(99.5).bounded, true);
  distribution.destroy();
});

test('a histogram that contradicts itself, or whose bounds are no whole values, is only counted', async () => {
  const falling = `# TYPE h histogram\nh_bucket{le="1"} 5\nh_bucket{le="+Inf"} 4\nh_count 4\nh_sum 9\n`;
  const fractions = `# TYPE f histogram\nf_bucket{le="0.5"} 5\nf_bucket{le="+Inf"} 6\nf_count 6\nf_sum 9\n`;
  const scraper = scraperOf([falling + fractions, falling + fractions]);
  const { metrics } = await scraper.scrape();
  assert.deepEqual(
    metrics.map(({ name, kind }) => [name, kind]),
    [
      ['server.f_count', 'counter'],
      ['server.h_count', 'counter'],
      ['server.h_sum', 'counter'],
    ],
  );
});

test('what targets name is kept first, then what the patterns name, never more than there is room for', async () => {
  const page = 'go_a 1\nhttp_x 2\nhttp_y_ms 3\nwanted 4\nhttp_z 5\ncpu 6\n';
  const planned = [
    { name: 'server.wanted', kind: 'gauge', unit: 'ratio', better: 'neither', help: '' },
  ] as const;
  const options = { planned, keep: ['http_*', 'c*u'], maxSeries: 3, taken: new Set(['server.cpu']) };
  const scraper = scraperOf([page, page], options);
  const names = async (): Promise<string[]> => (await scraper.scrape()).gauges.map(({ metric }) => metric);
  const expected = ['server.wanted', 'server.http_x', 'server.http_y_ms'];
  assert.deepEqual(await names(), expected);
  assert.deepEqual(await names(), expected);
  assert.match(scraper.notes()[0] ?? '', /^1 series of the server were left out, beyond the first 3/);
});

test('a page that cannot be read is an error with its class, and the next one counts on', async () => {
  const scraper = scraperOf([
    'a_total 1\n',
    new FetchFailure('timeout', 'no reply'),
    '<html>',
    'a_total 8\n',
  ]);
  await scraper.scrape();
  const failed = await scraper.scrape();
  assert.deepEqual(failed.errors, [
    { class: 'scrape_timeout', tags: {}, count: 1, example: 'server.metrics: no reply' },
  ]);
  assert.deepEqual(failed.counters, [attempts(1)]);
  assert.equal((await scraper.scrape()).errors[0]?.class, 'scrape_format');
  const last = await scraper.scrape();
  assert.equal(last.counters[0]?.count, 7);
  assert.deepEqual([last.fromNs, last.atNs], [1e9, 4e9]);
  assert.deepEqual(scraper.notes(), []);
});
