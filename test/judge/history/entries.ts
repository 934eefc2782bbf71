import { range } from '../../helpers/results.ts';
import type { HistoryEntry, HistoryValue } from '../../../src/model/history.ts';

/** Histories with a known truth in them. */

export const p50: HistoryValue = {
  metric: 'op_duration',
  tags: { subject: 'lru' },
  statistic: 'p50',
  unit: 'ns',
  better: 'lower',
  value: 1e6,
  samples: 5000,
};

/** The run of this day, with its values. */
export function entryAt(
  day: number,
  series: readonly HistoryValue[],
  more: Partial<HistoryEntry> = {},
): HistoryEntry {
  return {
    schema: 'perfkit/history@1',
    scenario: 'cache/get',
    kind: 'bench',
    hash: '0123456789abcdef',
    started: new Date(Date.UTC(2026, 0, 1 + day)).toISOString(),
    commit: `${String(day).padStart(4, '0')}abcdef0123456789`,
    perfkit: '0.0.0',
    fingerprint: 'fedcba9876543210',
    series,
    ...more,
  };
}

/** A run a day, each with one value. */
export function days(values: readonly number[], value: Partial<HistoryValue> = {}): HistoryEntry[] {
  return values.map((one, day) => entryAt(day, [{ ...p50, ...value, value: one }]));
}

/** Around 1 ms, with a per cent or two of noise that repeats; from `step` on the level is `factor` times as high. */
export function levels(count: number, step = count, factor = 1): number[] {
  const noise = [0, 0.011, -0.008, 0.004, -0.012, 0.007, -0.003];
  return range(count, (day) => 1e6 * (1 + (noise[day % noise.length] ?? 0)) * (day >= step ? factor : 1));
}
