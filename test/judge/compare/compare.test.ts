import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { compare } from '../../../src/judge/compare/compare.ts';
import { checkComparison, comparisonJsonSchema } from '../../../src/judge/compare/comparison-schema.ts';
import { comparisonExitCode } from '../../../src/judge/compare/outcome.ts';
import { bench, judged, load, suite } from './results.ts';
import type { Comparison, SeriesComparison } from '../../../src/model/comparison.ts';
import type { RunResult } from '../../../src/model/result.ts';

function row(comparison: Comparison, metric: string, statistic: string): SeriesComparison {
  const found = comparison.scenarios
    .flatMap(({ series }) => series)
    .find((one) => one.metric === metric && one.statistic === statistic);
  assert.ok(found !== undefined, `no ${metric} ${statistic}`);
  return found;
}

function without(result: RunResult, metric: string): RunResult {
  return {
    ...result,
    series: result.series.filter((one) => one.metric !== metric),
    intervals: result.intervals.map((interval) => ({
      ...interval,
      series: interval.series.filter((one) => one.metric !== metric),
    })),
  };
}

describe('two benches', () => {
  test('of the same code are the same, and exit 0', () => {
    const comparison = compare(bench({ seed: 1 }), bench({ seed: 2 }));
    assert.equal(comparison.outcome, 'same');
    assert.equal(comparisonExitCode(comparison), 0);
    const p50 = row(comparison, 'op_duration', 'p50');
    assert.equal(p50.verdict, 'same');
    assert.ok((p50.change?.low ?? 1) < 0.01 && (p50.change?.high ?? -1) > -0.01);
    assert.ok((p50.change?.detectable ?? 0) > 0.05);
  });

  test('are worse by a slow-down beyond the threshold, which exits 4, and better by the reverse', () => {
    const fast = bench({ seed: 1 });
    const slow = bench({ seed: 2, opNs: 12_000 });
    const worse = compare(fast, slow);
    assert.equal(worse.outcome, 'worse');
    assert.equal(comparisonExitCode(worse), 4);
    assert.equal(row(worse, 'op_duration', 'p50').verdict, 'worse');
    assert.equal(row(worse, 'throughput', 'rate').verdict, 'worse', 'a fall of what should be high');
    const { change } = row(worse, 'op_duration', 'p50');
    assert.ok(Math.abs((change?.estimate ?? 0) - 0.2) < 0.02);
    const better = compare(slow, fast);
    assert.equal(better.outcome, 'better');
    assert.equal(comparisonExitCode(better), 0);
    assert.equal(row(better, 'throughput', 'rate').verdict, 'better');
  });

  test('with a change below the threshold are not worse, and the threshold can be set', () => {
    const slightly = [
      bench({ seed: 1, spread: 0.001 }),
      bench({ seed: 2, spread: 0.001, opNs: 10_300 }),
    ] as const;
    assert.equal(compare(...slightly).outcome, 'same');
    assert.equal(compare(...slightly, { threshold: 0.01 }).outcome, 'worse');
  });

  test('that are too noisy cannot be told apart: exit 0, with --strict 5, and how many rounds it takes', () => {
    const noisy = [bench({ seed: 1, spread: 0.3 }), bench({ seed: 2, spread: 0.3 })] as const;
    const comparison = compare(...noisy);
    assert.equal(comparison.outcome, 'cannot tell');
    assert.match(row(comparison, 'op_duration', 'p50').reason ?? '', /more rounds|too noisy/);
    assert.equal(comparisonExitCode(comparison), 0);
    assert.equal(comparisonExitCode(compare(...noisy, { strict: true })), 5);
  });

  test('of one round each cannot be told apart, however different', () => {
    const comparison = compare(bench({ rounds: 1 }), bench({ rounds: 1, opNs: 20_000 }));
    assert.equal(comparison.outcome, 'cannot tell');
    assert.match(row(comparison, 'op_duration', 'p50').reason ?? '', /1 rounds with data; a verdict takes 3/);
    assert.equal(row(comparison, 'op_duration', 'p50').change?.method, 'ranks');
  });

  test('of the same code are called worse in fewer than one of a hundred comparisons', () => {
    let alarms = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const pair = [
        bench({ seed, spread: 0.03, perRound: 100 }),
        bench({ seed: 1000 + seed, spread: 0.03, perRound: 100 }),
      ] as const;
      if (compare(...pair).outcome === 'worse') alarms++;
    }
    assert.equal(alarms, 0);
  });

  test('many rounds are judged by their ranks, few by Welch, chosen by the number of rounds alone', () => {
    const method = (rounds: number): string | undefined =>
      row(
        compare(bench({ rounds, seed: 1, perRound: 50 }), bench({ rounds, seed: 2, perRound: 50 })),
        'op_duration',
        'p50',
      ).change?.method;
    assert.equal(method(4), 'welch');
    assert.equal(method(10), 'rank sum');
  });

  test('a share is compared by its difference: a hit ratio that falls by ten points is worse', () => {
    const comparison = compare(bench({ seed: 1 }), bench({ seed: 2, hitRatio: 0.7 }));
    const hits = row(comparison, 'hit_ratio', 'value');
    assert.equal(hits.verdict, 'worse');
    assert.equal(hits.change?.scale, 'difference');
    assert.ok(Math.abs((hits.change?.estimate ?? 0) + 0.1) < 1e-9);
  });

  test('P99 with too few samples is descriptive and decides nothing', () => {
    const p99 = row(compare(bench({ seed: 1 }), bench({ seed: 2, opNs: 12_000 })), 'op_duration', 'p99');
    assert.equal(p99.verdict, 'descriptive');
    assert.equal(p99.gated, false);
    assert.match(p99.reason ?? '', /5000 samples; p99 takes 10000/);
  });

  test('metrics of the process are shown and do not decide, unless they are named', () => {
    const pair = [bench({ seed: 1 }), bench({ seed: 2, opNs: 12_000 })] as const;
    assert.equal(row(compare(...pair), 'cpu', 'value').gated, false);
    const cpuOnly = compare(...pair, { gates: ['hit_ratio'] });
    assert.equal(cpuOnly.outcome, 'same');
    assert.equal(compare(...pair, { gates: ['nonsense'] }).outcome, 'no data');
  });
});

describe('two loads', () => {
  test('of the same server are the same', () => {
    const comparison = compare(load({ seed: 1 }), load({ seed: 2 }));
    assert.equal(comparison.outcome, 'same');
    assert.equal(row(comparison, 'response_time', 'p50').change?.method, 'blocks');
  });

  test('are worse when the replies are slower, or more of them fail', () => {
    const base = load({ seed: 1 });
    const slower = compare(base, load({ seed: 2, responseNs: 2.4e6 }));
    assert.equal(slower.outcome, 'worse');
    assert.equal(row(slower, 'response_time', 'p50').verdict, 'worse');
    assert.equal(row(slower, 'throughput', 'rate').verdict, 'same');
    const failing = compare(base, load({ seed: 2, errorRate: 0.03 }));
    assert.equal(row(failing, 'errors', 'rate').verdict, 'worse');
    assert.equal(comparisonExitCode(failing), 4);
  });

  test('of a few seconds cannot be told apart', () => {
    const comparison = compare(load({ seconds: 5 }), load({ seconds: 5, seed: 2 }));
    assert.equal(comparison.outcome, 'cannot tell');
    assert.match(
      row(comparison, 'throughput', 'rate').reason ?? '',
      /5 seconds with data; a verdict takes 10/,
    );
  });

  test('with several steps are compared step by step and as a whole', () => {
    const names = ['list', 'item'];
    const comparison = compare(load({ names, seed: 1 }), load({ names, seed: 2 }));
    const labels = comparison.scenarios[0]?.series
      .filter((one) => one.metric === 'throughput')
      .map((one) => one.tags['name'] ?? 'all');
    assert.deepEqual(labels, ['list', 'item', 'all']);
    const whole = comparison.scenarios[0]?.series.find(
      (one) => one.metric === 'throughput' && one.tags['name'] === undefined,
    );
    assert.equal(whole?.base?.value, 200, 'both steps were counted over the same seconds');
  });

  test('whose percentile falls among requests without reply are never the same or better', () => {
    const hanging = compare(load({ seed: 1 }), load({ seed: 2, censored: 20 }));
    const p95 = row(hanging, 'response_time', 'p95');
    assert.equal(p95.head?.bounded, true);
    assert.equal(p95.verdict, 'worse');
    const before = row(compare(load({ seed: 2, censored: 20 }), load({ seed: 1 })), 'response_time', 'p95');
    assert.equal(before.verdict, 'cannot tell');
    assert.match(before.reason ?? '', /never completed/);
  });

  test('give the same comparison each time, whatever else was measured', () => {
    const pair = [load({ seed: 1 }), load({ seed: 2 })] as const;
    assert.deepEqual(compare(...pair), compare(...pair));
    const names = ['list', 'item'];
    const more = compare(load({ names, seed: 1 }), load({ names, seed: 1 }));
    assert.equal(more.outcome, 'same');
  });
});

describe('what cannot be compared', () => {
  const valid = bench();

  test('an invalid run is refused on either side, also with --advisory: exit 5', () => {
    const invalid = { ...valid, validity: { state: 'invalid' as const, reasons: ['the clock stood still'] } };
    for (const [base, head] of [
      [valid, invalid],
      [invalid, valid],
    ] as const) {
      const comparison = compare(base, head, { advisory: true });
      assert.equal(comparison.outcome, 'refused');
      assert.match(comparison.reasons[0] ?? '', /run is invalid: the clock stood still/);
      assert.equal(comparisonExitCode(comparison), 5);
    }
  });

  test('another machine is refused, with the fields that differ; with --advisory it is compared and fails nothing', () => {
    const { environment } = valid;
    const foreign = bench({
      seed: 2,
      opNs: 12_000,
      more: { environment: { ...environment, cores: 64, fingerprint: 'ffff' } },
    });
    const refused = compare(valid, foreign);
    assert.equal(refused.outcome, 'refused');
    assert.deepEqual(refused.reasons, ['cores differs: 2 and 64']);
    assert.equal(comparisonExitCode(refused), 5);
    const advisory = compare(valid, foreign, { advisory: true });
    assert.equal(advisory.outcome, 'worse');
    assert.equal(advisory.advisory, true);
    assert.equal(comparisonExitCode(advisory), 0);
  });

  test('another scenario is refused, an edited one only without --advisory', () => {
    const renamed = { ...valid, scenario: { ...valid.scenario, name: 'other' } };
    assert.equal(compare(valid, renamed, { advisory: true }).outcome, 'refused');
    const edited = { ...valid, scenario: { ...valid.scenario, hash: 'feed' } };
    assert.match(compare(valid, edited).reasons[0] ?? '', /scenario hash differs: 0123456789abcdef and feed/);
    assert.equal(compare(valid, edited, { advisory: true }).outcome, 'same');
  });

  test('a missing series is named and exits 5, a new one is named and does not', () => {
    const missing = compare(valid, without(valid, 'hit_ratio'));
    assert.equal(missing.outcome, 'no data');
    assert.equal(comparisonExitCode(missing), 5);
    assert.match(missing.reasons.join(), /missing: hit_ratio \{subject:it\}/);
    const added = compare(without(valid, 'hit_ratio'), valid);
    assert.equal(added.outcome, 'same');
    assert.equal(row(added, 'hit_ratio', 'value').verdict, 'new');
    assert.equal(row(compare(valid, without(valid, 'cpu')), 'cpu', 'value').verdict, 'missing');
    assert.equal(compare(valid, without(valid, 'cpu')).outcome, 'same');
  });

  test('a series without samples in the head is no data', () => {
    const empty = judged({ ...bench({ perRound: 0 }), validity: valid.validity });
    const comparison = compare(valid, empty);
    assert.equal(row(comparison, 'op_duration', 'p50').verdict, 'no data');
    assert.equal(comparisonExitCode(comparison), 5);
  });

  test('results without any series are no data', () => {
    const bare = judged({ ...valid, series: [], intervals: [] });
    assert.equal(compare(bare, bare).outcome, 'no data');
    assert.equal(comparisonExitCode(compare(suite(), suite())), 5);
  });

  test('suites are compared scenario by scenario; one that is gone is no data, one that is new is named', () => {
    const named = (name: string, seed: number): RunResult => {
      const result = bench({ seed });
      return { ...result, scenario: { ...result.scenario, name } };
    };
    const gone = compare(suite(named('a', 1), named('b', 2)), suite(named('a', 3)));
    assert.equal(gone.outcome, 'no data');
    assert.deepEqual(gone.reasons, ['b: the head did not run it']);
    const added = compare(suite(named('a', 1)), suite(named('b', 2), named('a', 3)));
    assert.equal(added.outcome, 'same');
    assert.match(added.reasons.join(), /b: new/);
    assert.equal(compare(suite(named('a', 1)), suite(named('b', 2))).outcome, 'no data');
  });
});

test('the document of a comparison satisfies its schema, also after a round trip', () => {
  const comparison = compare(load({ seed: 1 }), load({ seed: 2, errorRate: 0.03 }));
  assert.deepEqual(checkComparison(JSON.parse(JSON.stringify(comparison))), comparison);
  assert.throws(() => checkComparison({ schema: 'perfkit/comparison@1' }));
});

test('the published schema is current', () => {
  const published = new URL('../../../schema/comparison-v1.json', import.meta.url);
  assert.deepEqual(
    JSON.parse(readFileSync(published, 'utf8')),
    JSON.parse(JSON.stringify(comparisonJsonSchema())),
  );
});
