import { decideInTurn, noises, simulateRun } from '../../judge/paired/simulated-run.ts';
import type { PairedEvidence } from '../../../src/judge/paired/decide-paired.ts';
import type { PairedRun, PairedSeries } from '../../../src/model/paired.ts';

/** A whole document of simulated evidence, decided. */
export function pairedRun(evidence: PairedEvidence): PairedRun {
  return {
    schema: 'perfkit/paired@1',
    perfkit: '0.1.0',
    base: { label: 'main', revision: '1a2b3c4d5e6f708192a3b4c5d6e7f80912345678' },
    head: { label: '.', revision: null },
    scenario: { name: 'cache/get', file: 'cache/get.perfkit.yaml', hash: '0123456789abcdef', seed: 7 },
    started: '2026-01-02T03:04:05.678Z',
    durationNs: 93e9,
    complete: true,
    ...evidence,
    decision: decideInTurn(evidence),
  };
}

/** One of two subjects is 8 % slower; a gauge is beside the series that decide. */
export function slowerRun(): PairedRun {
  const evidence = simulateRun({ seed: 3, noise: noises.normal, spread: 0.03, subjects: 2 });
  const series = evidence.series.map((one) =>
    one.tags['subject'] === 's0' && one.better === 'lower'
      ? { ...one, head: one.head.map((value) => (value ?? NaN) * 1.08) }
      : one,
  );
  return pairedRun({ ...evidence, series: [...series, memory] });
}

const usual = Array.from({ length: 40 }, () => 50 * 1024 ** 2);

const memory: PairedSeries = {
  metric: 'rss',
  tags: { subject: 's0' },
  statistic: 'value',
  unit: 'bytes',
  perSecond: false,
  better: 'lower',
  gated: false,
  threshold: null,
  floor: 0,
  base: usual,
  head: usual.map((bytes) => bytes * 1.01),
  control: { base: usual, head: usual },
  samplesPerRun: null,
};
