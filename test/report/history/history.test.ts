import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { summariseHistory } from '../../../src/judge/history/summarise-history.ts';
import { historyReporters } from '../../../src/report/history/index.ts';
import { trendLine } from '../../../src/report/history/trend-line.ts';
import { days, entryAt, levels, p50 } from '../../judge/history/entries.ts';
import { assertInertMarkdown, assertInertTerminal, hostileText } from '../hostile.ts';
import type { HistoryReport } from '../../../src/model/history.ts';

const options = { colourLevel: 0, width: 120 } as const;
const rate = { ...p50, metric: 'throughput', statistic: 'rate', unit: 'count', better: 'higher' } as const;

const entries = [
  ...days(levels(20, 12, 1.2)),
  ...levels(8).map((value, day) => entryAt(day - 40, [{ ...p50, value }], { fingerprint: 'another' })),
  ...levels(5).map((value, day) =>
    entryAt(
      day,
      [
        { ...rate, value: value / 10 },
        { ...p50, bounded: true },
      ],
      { scenario: 'cache/set', commit: null, dirty: true },
    ),
  ),
];

function report(from = entries, notes: readonly string[] = ['1 line is there twice']): HistoryReport {
  const file = 'reports/history.jsonl';
  return summariseHistory(from, { scenario: null, metric: null, last: 200, file, notes, perfkit: '0.0.0' });
}

for (const name of ['terminal', 'markdown'] as const)
  test(`${name}: a history with a change, an older machine and a short series, whole`, (context) => {
    context.assert.snapshot(historyReporters[name](report(), options).split('\n'));
  });

test('json: the document itself, on one line', () => {
  const text = historyReporters.json(report());
  assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(report())));
  assert.equal(text.split('\n').length, 2);
});

describe('whatever the names in a history are', () => {
  const histories = fc.array(hostileText, { minLength: 1, maxLength: 6 }).map((texts) => {
    let at = 0;
    const next = (): string => texts[at++ % texts.length] ?? '';
    const named = entries.map((entry) => ({
      ...entry,
      series: entry.series.map((one) => ({ ...one, metric: 'm', tags: { subject: 's' } })),
    }));
    const made = report(named, [next()]);
    return {
      ...made,
      file: next(),
      scenarios: made.scenarios.map((scenario) => ({
        name: next(),
        groups: scenario.groups.map((group) => ({
          ...group,
          fingerprint: next(),
          hash: next(),
          trends: group.trends.map((trend) => ({
            ...trend,
            metric: next(),
            tags: { [next()]: next(), concurrency: next(), name: next() },
          })),
        })),
      })),
    };
  });

  test('the terminal shows lines that move no cursor and command no runner', () => {
    fc.assert(
      fc.property(histories, (history) => assertInertTerminal(historyReporters.terminal(history, options))),
      { numRuns: 150 },
    );
  });

  test('markdown holds no markup of theirs, mentions nobody, and no table breaks', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const text = historyReporters.markdown(history, options);
        assertInertMarkdown(text);
        const rows = text.split('\n').filter((line) => line.startsWith('| '));
        for (const row of rows) assert.equal(row.match(/(?<!\\)\|/g)?.length, 6, row);
      }),
      { numRuns: 150 },
    );
  });

  test('JSON holds no command to a runner', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const text = historyReporters.json(history);
        assert.doesNotMatch(text, /##\w*\[/);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(history)));
      }),
      { numRuns: 100 },
    );
  });
});

test('a line of bars rises with its values, newest at the right, and is flat where they hardly differ', () => {
  assert.equal(trendLine([1, 2, 3, 4, 5, 6, 7, 8], 30), '▁▂▃▄▅▆▇█');
  assert.equal(trendLine([5, 1, 8], 2), '▁█');
  assert.equal(new Set(trendLine([1000, 1001, 1000, 999], 30)).size, 1);
  assert.equal(trendLine([0, 0], 30), '▄▄');
  assert.equal(trendLine([], 30), '');
});
