import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compare } from '../../../src/judge/compare/compare.ts';
import { comparisonReporters } from '../../../src/report/comparison/index.ts';
import { bench, load } from '../../judge/compare/results.ts';
import { assertInertMarkdown, assertInertTerminal, hostileText } from '../hostile.ts';
import type { Comparison } from '../../../src/model/comparison.ts';

const options = { colourLevel: 0, width: 120 } as const;
const slower = compare(load({ seed: 1 }), load({ seed: 2, responseNs: 2.4e6, errorRate: 0.02 }), {
  baseLabel: 'before',
  headLabel: 'after',
});
const foreign = compare(bench(), bench({ more: { environment: { ...bench().environment, cores: 64 } } }));

for (const name of ['terminal', 'markdown'] as const) {
  test(`${name}: a comparison that is worse, whole`, (context) => {
    context.assert.snapshot(comparisonReporters[name](slower, options).split('\n'));
  });

  test(`${name}: two runs that are not comparable, whole`, (context) => {
    context.assert.snapshot(comparisonReporters[name](foreign, options).split('\n'));
  });
}

/** The comparison with every text of it taken from `texts` in turn. */
function hostileComparison(texts: readonly string[]): Comparison {
  let at = 0;
  const next = (): string => texts[at++ % texts.length] ?? '';
  return {
    ...slower,
    base: { ...slower.base, label: next() },
    head: { ...slower.head, label: next() },
    settings: { ...slower.settings, gates: [next()] },
    reasons: [next(), next()],
    scenarios: slower.scenarios.map((scenario) => ({
      ...scenario,
      name: next(),
      notes: [next()],
      differences: [{ field: next(), base: next(), head: next() }],
      series: scenario.series.map((row) => ({
        ...row,
        metric: next(),
        tags: { [next()]: next(), concurrency: next(), name: next() },
        reason: next(),
      })),
    })),
  };
}

test('text from results is inert in every report of a comparison', () => {
  const texts = fc.array(hostileText, { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(texts, (from) => {
      const comparison = hostileComparison(from);
      assertInertTerminal(comparisonReporters.terminal(comparison, options));
      const markdown = comparisonReporters.markdown(comparison, options);
      assertInertMarkdown(markdown);
      for (const row of markdown.split('\n').filter((line) => line.startsWith('| ')))
        assert.equal(row.match(/(?<!\\)\|/g)?.length, 9, row);
      const json = comparisonReporters.json(comparison);
      assert.doesNotMatch(json, /##\w*\[/);
      assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(comparison)));
    }),
    { numRuns: 150 },
  );
});

test('json: the document itself, on one line', () => {
  const text = comparisonReporters.json(slower);
  assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(slower)));
  assert.equal(text.split('\n').length, 2);
});
