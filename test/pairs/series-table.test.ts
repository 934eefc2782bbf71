import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decides } from '../../src/judge/compare/gated-metrics.ts';
import { metricCatalogue } from '../../src/model/metrics.ts';
import { createGate } from '../../src/pairs/create-gate.ts';
import { roundValues } from '../../src/pairs/round-values.ts';
import { SeriesTable } from '../../src/pairs/series-table.ts';
import { Histogram } from '../../src/measure/histogram.ts';
import { roundOf } from './fake-rounds.ts';

const gate = createGate({ decides, gates: null });
const values = (costNs: number) => roundValues(roundOf(costNs), { subject: 'x' }, metricCatalogue.bench);

describe('SeriesTable', () => {
  test('a value stands at its pair, and null where a process gave none', () => {
    const table = new SeriesTable(gate);
    table.add('pair', 'base', 0, values(1000));
    table.add('pair', 'base', 2, values(2000));
    table.add('pair', 'head', 1, values(3000));
    table.add('control', 'head', 0, values(4000));
    const [median] = table.series(3, 1);
    assert.equal(median?.metric, 'op_duration');
    assert.deepEqual(
      median?.base.map((value) => value !== null),
      [true, false, true],
    );
    assert.deepEqual(
      median?.head.map((value) => value !== null),
      [false, true, false],
    );
    assert.deepEqual(median?.control.base, [null]);
    assert.equal(median?.samplesPerRun, 3000);
  });

  test('collections decide only where every process of the base had enough of them', () => {
    const many = values(1000).map((value) => ({ ...value, samples: 50 }));
    const few = values(1000).map((value) => ({ ...value, samples: 29 }));
    const gatedOf = (table: SeriesTable): boolean | undefined =>
      table.series(2, 0).find(({ metric }) => metric === 'collections_per_million')?.gated;
    const table = new SeriesTable(gate);
    table.add('pair', 'base', 0, many);
    table.add('pair', 'head', 0, few);
    assert.equal(gatedOf(table), true);
    table.add('pair', 'base', 1, few);
    assert.equal(gatedOf(table), false);
  });

  test('--gate decides alone', () => {
    const only = createGate({ decides, gates: ['throughput', 'cpu_per_operation'] });
    const table = new SeriesTable(only);
    table.add('pair', 'base', 0, values(1000));
    const gated = table.series(1, 0).filter((series) => series.gated);
    assert.deepEqual(
      gated.map(({ metric }) => metric),
      ['throughput', 'cpu_per_operation'],
    );
  });
});

describe('roundValues', () => {
  test('gives each number once, with the unit and direction of its metric', () => {
    const rows = values(1000);
    const throughput = rows.find(({ metric }) => metric === 'throughput');
    assert.deepEqual(
      { ...throughput, value: Math.round(throughput?.value ?? 0) },
      {
        metric: 'throughput',
        tags: { subject: 'x' },
        statistic: 'rate',
        unit: 'count',
        perSecond: true,
        better: 'higher',
        floor: 0,
        value: 1_000_000,
        samples: 3000,
      },
    );
    const errors = rows.find(({ metric }) => metric === 'errors');
    assert.deepEqual([errors?.unit, errors?.perSecond, errors?.value], ['ratio', false, 0]);
    assert.equal(new Set(rows.map(({ metric, statistic }) => `${metric} ${statistic}`)).size, rows.length);
  });

  test('a percentile that falls among operations that were cut is no number', () => {
    const round = roundOf(1000);
    const cut = new Histogram();
    for (let call = 0; call < 100; call++) cut.record(5_000_000);
    const censored = cut.encode();
    cut.destroy();
    const histograms = round.histograms.map((slice) => ({ ...slice, censored }));
    const rows = roundValues({ ...round, histograms }, {}, metricCatalogue.bench);
    const known = (statistic: string): boolean =>
      rows.find((row) => row.statistic === statistic && row.metric === 'op_duration')?.value !== null;
    assert.deepEqual([known('p50'), known('p95'), known('p99')], [true, true, false]);
  });
});
