import { seriesKey } from '../../measure/selection.ts';
import { rateUnitOf } from '../../model/metrics.ts';
import { comparedSeries } from '../compare/compared-series.ts';
import { decides } from '../compare/gated-metrics.ts';
import { createTableSpace } from '../compare/resample-histograms.ts';
import { sideValues } from '../compare/side-values.ts';
import { samplesNeeded, statisticsOf } from '../compare/statistics-of.ts';
import type { HistoryEntry, HistoryValue } from '../../model/history.ts';
import type { RunResult } from '../../model/result.ts';
import type { ComparedSeries } from '../compare/compared-series.ts';
import type { TableSpace } from '../compare/resample-histograms.ts';

/** What was measured, as far as version control tells. */
export interface MeasuredCommit {
  readonly commit: string | null;
  readonly dirty: boolean;
}

/** Values that an entry holds at most: its line stays short. */
const maxValues = 200;

/**
 * The line of history that a run becomes: of every series that decides comparisons the statistics that have the samples
 * to decide, in a fixed order. `leftOut` counts those beyond 200, parts before wholes. Throws PerfkitError when a
 * histogram cannot be read.
 */
export function historyEntryOf(
  result: RunResult,
  { commit, dirty }: MeasuredCommit,
): { readonly entry: HistoryEntry; readonly leftOut: number } {
  const space = createTableSpace();
  const all = [...comparedSeries(result).values()]
    .flatMap((series) => valuesOf(series, space))
    .toSorted((a, b) => tagsIn(a) - tagsIn(b));
  const kept = all.slice(0, maxValues).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const { name, kind, hash } = result.scenario;
  const entry: HistoryEntry = {
    schema: 'perfkit/history@1',
    scenario: name,
    kind,
    hash,
    started: result.started,
    commit,
    ...(dirty && { dirty }),
    perfkit: result.perfkit,
    fingerprint: result.environment.fingerprint,
    series: kept,
  };
  return { entry, leftOut: all.length - kept.length };
}

function valuesOf(series: ComparedSeries, space: TableSpace): HistoryValue[] {
  const { metric, tags, definition } = series;
  const { better, kind, unit } = definition;
  if (better === 'neither' || !decides(metric, null)) return [];
  const read = sideValues(series, space);
  return statisticsOf[kind].flatMap((statistic): HistoryValue[] => {
    const side = read(statistic);
    if (side === null || side.samples < samplesNeeded[statistic]) return [];
    return [
      {
        metric,
        tags,
        statistic,
        unit: statistic === 'rate' ? rateUnitOf(definition) : unit,
        better,
        value: Number(side.value.toPrecision(6)),
        ...(side.bounded && { bounded: true }),
        samples: side.samples,
      },
    ];
  });
}

function tagsIn({ tags }: HistoryValue): number {
  return Object.keys(tags).length;
}

function keyOf({ metric, tags, statistic }: HistoryValue): string {
  return `${seriesKey(metric, tags)} ${statistic}`;
}
