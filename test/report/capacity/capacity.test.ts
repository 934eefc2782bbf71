import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { capacityChart } from '../../../src/report/capacity/capacity-chart.ts';
import { capacityReporters } from '../../../src/report/capacity/index.ts';
import { measured } from '../../helpers/results.ts';
import type { CapacityResult, CapacityStep, CurvePoint } from '../../../src/model/capacity.ts';

function stepAt(ratePerSecond: number, more: Partial<CapacityStep> = {}): CapacityStep {
  return {
    kind: 'search',
    attempt: 1,
    ratePerSecond,
    achievedPerSecond: ratePerSecond,
    intendedPerSecond: ratePerSecond,
    requests: ratePerSecond * 10,
    latency: { p50: 1e6, p95: 2e6, p99: 4e6, p999: 8e6, max: 9e6, boundedFrom: null },
    errorRate: 0,
    errors: [],
    outcome: 'pass',
    reasons: [],
    validity: { state: 'valid', reasons: [] },
    ...more,
  };
}

function resultOf(more: Partial<CapacityResult> = {}): CapacityResult {
  const slow = { p50: 300e6, p95: 800e6, p99: 900e6, p999: 950e6, max: 1e9, boundedFrom: 99.5 };
  const steps = more.steps ?? [
    stepAt(100),
    stepAt(200),
    stepAt(400, {
      outcome: 'fail',
      latency: slow,
      errorRate: 0.012,
      reasons: ['target failed: response_time p99 < 100ms'],
    }),
    stepAt(400, { outcome: 'fail', attempt: 2, latency: slow, reasons: ['late'] }),
    stepAt(200, { kind: 'soak' }),
  ];
  return {
    schema: 'perfkit/capacity@1',
    perfkit: '0.0.0',
    scenario: { name: 'shop', file: null, hash: '0123456789abcdef', seed: 1 },
    environment: measured([]).environment,
    started: '2026-01-02T03:04:05.678Z',
    durationNs: 65e9,
    search: {
      fromPerSecond: 100,
      maxPerSecond: 1e6,
      precision: 0.05,
      warmupNs: 2e9,
      stepNs: 10e9,
      soakNs: 30e9,
      pauseNs: 2e9,
    },
    targets: [
      { expr: 'response_time p99 < 100ms', source: 'the contract', fromScenario: true },
      { expr: 'errors rate < 1%', source: null, fromScenario: false },
    ],
    notes: ['not judged: throughput rate > 5/s (it follows from the rate)'],
    steps,
    curve: steps.map(({ kind: _kind, attempt: _attempt, ...step }) => step),
    outcome: 'found',
    capacityPerSecond: 200,
    atMaximum: false,
    reasons: ['the targets hold at 200/s, also for a soak of 30.0s'],
    ...more,
  };
}

const options = { colourLevel: 0, width: 120 } as const;

describe('the report of a capacity search', () => {
  test('for the terminal shows every step, the chart, what had to hold and the capacity', () => {
    const text = capacityReporters.terminal(resultOf(), options);
    assert.match(text, /rate +achieved +requests +p50 +p95 +p99 +p99\.9 +errors/);
    assert.match(text, /400\/s +400\/s +4000 +300ms +800ms +900ms +>= 950ms +1\.20% +✗ fails/);
    assert.match(text, /✗ fails +repeated/);
    assert.match(text, /200\/s .*✓ holds +soak/);
    assert.match(text, /response_time p99 < 100ms +the contract/);
    assert.match(text, /errors rate < 1% +\(default\)/);
    assert.match(text, /not judged: throughput/);
    assert.match(text, /\nCAPACITY {2}200\/s\n {2}the targets hold at 200\/s/);
    // oxlint-disable-next-line no-control-regex -- no colour was asked for
    assert.doesNotMatch(text, /\u001b/);
  });

  test('as markdown begins with the capacity and holds the table and the chart', () => {
    const text = capacityReporters.markdown(resultOf(), options);
    assert.match(text, /^# Capacity of shop: ✅ 200\/s\n/);
    assert.match(
      text,
      /\| 100\/s \| 100\/s \| 1000 \| 1\.00ms \| 2\.00ms \| 4\.00ms \| 8\.00ms \| 0% \| ✅ holds \|  \|/,
    );
    assert.match(text, /❌ fails, repeated \| late \|/);
    assert.match(text, /```text\n[\s\S]*● p99[\s\S]*```/);
  });

  test('as JSON is the document', () => {
    assert.deepEqual(JSON.parse(capacityReporters.json(resultOf())), resultOf());
  });

  test('says how it ended in each case', () => {
    const ends = [
      [{ outcome: 'found', atMaximum: true }, /CAPACITY {2}at least 200\/s/, /✅ at least 200\/s/],
      [{ outcome: 'too slow', capacityPerSecond: null }, /TOO SLOW {2}none found/, /❌ too slow, none found/],
      [
        { outcome: 'generator' },
        /GENERATOR LIMIT {2}at least 200\/s, not confirmed/,
        /the generator was the limit/,
      ],
      [{ outcome: 'undecided' }, /UNDECIDED/, /undecided/],
      [
        { outcome: 'interrupted', steps: [], curve: [] },
        /no step was run[\s\S]*INTERRUPTED/,
        /No step was run/,
      ],
    ] as const;
    for (const [more, terminal, markdown] of ends) {
      assert.match(capacityReporters.terminal(resultOf(more), options), terminal);
      assert.match(capacityReporters.markdown(resultOf(more), options), markdown);
    }
  });

  test('lets nothing from a server or scenario move the cursor or break the table', () => {
    const evil = '\u001b[31m| <b>x</b> `y`\n@all';
    const hostile = resultOf({
      scenario: { ...resultOf().scenario, name: evil },
      reasons: [evil],
      notes: [evil],
      targets: [{ expr: evil, source: evil, fromScenario: true }],
      steps: [stepAt(100, { outcome: 'fail', reasons: [evil] })],
    });
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    assert.doesNotMatch(capacityReporters.terminal(hostile, options), /\u001b/);
    const markdown = capacityReporters.markdown(hostile, options);
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    assert.doesNotMatch(markdown, /\u001b|^[^`]*<b>/);
    assert.equal(markdown.split('\n').filter((line) => line.startsWith('| 100/s')).length, 1);
  });
});

describe('the chart of latency against rate', () => {
  const points = fc.array(
    fc.record({
      ratePerSecond: fc.double({ min: 0.1, max: 1e6, noNaN: true }),
      p50: fc.double({ min: 1, max: 1e10, noNaN: true }),
      factor: fc.double({ min: 1, max: 1000, noNaN: true }),
      outcome: fc.constantFrom('pass' as const, 'fail' as const, 'invalid' as const),
    }),
    { maxLength: 20 },
  );

  test('keeps its size and shows a mark for the slowest P99, whatever the numbers', () => {
    fc.assert(
      fc.property(points, (list) => {
        const curve: CurvePoint[] = list.map(({ ratePerSecond, p50, factor, outcome }) => ({
          ratePerSecond,
          achievedPerSecond: ratePerSecond,
          latency: {
            p50,
            p95: p50,
            p99: p50 * factor,
            p999: p50 * factor,
            max: p50 * factor,
            boundedFrom: null,
          },
          errorRate: 0,
          outcome,
        }));
        const capacityPerSecond = curve.find(({ outcome }) => outcome === 'pass')?.ratePerSecond ?? null;
        const lines = capacityChart({ curve, capacityPerSecond }, { columns: 40, rows: 7 });
        if (list.length === 0) return assert.deepEqual(lines, []);
        assert.equal(lines.length, 7 + 3);
        for (const line of lines.slice(0, 7)) assert.ok(line.length <= 10 + 40, line);
        for (const line of lines) assert.doesNotMatch(line, /NaN|Infinity|undefined/);
        const marked = lines.slice(0, 7).join('').match(/[●✗·]/g)?.length ?? 0;
        assert.ok(marked >= 1 && marked <= 2 * list.length);
      }),
      { numRuns: 300 },
    );
  });

  test('is empty without latencies', () => {
    const curve = [
      { ratePerSecond: 1, achievedPerSecond: 0, latency: null, errorRate: 0, outcome: 'fail' as const },
    ];
    assert.deepEqual(capacityChart({ curve, capacityPerSecond: null }), []);
  });

  test('puts rate and latency where they belong', () => {
    const at = (ratePerSecond: number, p99: number, outcome: 'pass' | 'fail' = 'pass'): CurvePoint => ({
      ratePerSecond,
      achievedPerSecond: ratePerSecond,
      latency: { p50: 1e6, p95: 1e6, p99, p999: p99, max: p99, boundedFrom: null },
      errorRate: 0,
      outcome,
    });
    const curve = [at(10, 1e6), at(100, 1e7), at(1000, 1e8, 'fail')];
    assert.deepEqual(capacityChart({ curve, capacityPerSecond: 100 }, { columns: 21, rows: 3 }), [
      '   100ms ┤          ┊         ✗',
      '         ┤          ●',
      '  1.00ms ┤●         ·         ·',
      '         └─────────────────────',
      '          10/s    100/s  1000/s',
      '          · p50  ● p99  ✗ p99 where the targets do not hold  ┊ capacity',
    ]);
  });
});
