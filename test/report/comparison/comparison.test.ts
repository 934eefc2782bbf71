import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from '../../../src/judge/compare/compare.ts';
import { comparisonReporters } from '../../../src/report/comparison/index.ts';
import { bench, load } from '../../judge/compare/results.ts';
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

  test(`${name}: text from results is inert`, () => {
    const hostile = 'x\u001b[31m`|</details><script>@all ::error::\u202e';
    const [scenario] = slower.scenarios;
    assert.ok(scenario !== undefined);
    const comparison: Comparison = {
      ...slower,
      base: { ...slower.base, label: hostile },
      reasons: [hostile],
      scenarios: [
        {
          ...scenario,
          name: hostile,
          notes: [hostile],
          differences: [{ field: 'node', base: hostile, head: hostile }],
          series: scenario.series.map((row) => ({
            ...row,
            metric: hostile,
            tags: { name: hostile },
            reason: hostile,
          })),
        },
      ],
    };
    const text = comparisonReporters[name](comparison, options);
    assert.doesNotMatch(text, /[\u001b\u202e]/);
    if (name === 'markdown') {
      const outsideCode = text.replaceAll(/(`+)[^\n]*?\1/g, '');
      assert.doesNotMatch(outsideCode, /<script|@all|::error|[^\\]`/);
      assert.equal(outsideCode.split('</details>').length, 2);
    }
  });
}

test('json: the document itself, on one line', () => {
  const text = comparisonReporters.json(slower);
  assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(slower)));
  assert.equal(text.split('\n').length, 2);
});
