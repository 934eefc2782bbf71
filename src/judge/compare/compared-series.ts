import { seriesKey, variantTags } from '../../measure/selection.ts';
import type { Tags } from '../../model/interval.ts';
import type { MetricDefinition } from '../../model/metrics.ts';
import type { IntervalSummary, RunResult, Series } from '../../model/result.ts';

/** One metric with one set of tags, and the pieces of the run that it can be read from again. */
export interface ComparedSeries {
  readonly metric: string;
  readonly tags: Tags;
  readonly definition: MetricDefinition;
  /** Of the whole run; several where parts are added up. */
  readonly series: readonly Series[];
  /** In the order of time. */
  readonly replicates: readonly (readonly Series[])[];
  /** `round`: a replicate is a process, independent of the others. `time`: a slice of one run, like its neighbours. */
  readonly replicatedBy: 'round' | 'time';
}

/** Replicates of one series that are looked at; more are joined with their neighbours. */
const maxReplicates = 600;

/** Tags that split work in parts that add up; the others are kept apart. */
const kept: readonly string[] = [...variantTags, 'phase'];

/**
 * Every series of a run by a key of metric and tags, and where a metric has several parts (`name`, `op`), what they add
 * up to as well.
 */
export function comparedSeries(
  run: Pick<RunResult, 'scenario' | 'series' | 'intervals'>,
): Map<string, ComparedSeries> {
  const definitions = new Map(run.scenario.metrics.map((metric) => [metric.name, metric]));
  const known = run.series.filter((one) => definitions.has(one.metric));
  const members = new Map<string, Series[]>();
  for (const one of known) append(members, seriesKey(one.metric, one.tags), one);
  const wholes = wholesOf(known);
  for (const [key, parts] of wholes) members.set(key, parts);
  const slices = slicesByKey(run.intervals, wholes);
  const out = new Map<string, ComparedSeries>();
  for (const [key, series] of members) {
    const [first] = series;
    const definition = definitions.get(first?.metric ?? '');
    if (first === undefined || definition === undefined) continue;
    const tags = wholes.has(key) ? sharedTags(first.tags) : first.tags;
    const found = slices.get(key);
    out.set(key, {
      metric: first.metric,
      tags,
      definition,
      series,
      replicates: joinNeighbours([...(found?.replicates.values() ?? [])]),
      replicatedBy: found?.rounds === true ? 'round' : 'time',
    });
  }
  return out;
}

function wholesOf(series: readonly Series[]): Map<string, Series[]> {
  const groups = new Map<string, Series[]>();
  for (const one of series) append(groups, wholeKey(one), one);
  // one part is its own whole, and a series without a part's tags is the whole already
  return new Map(
    [...groups].filter(
      ([key, parts]) => parts.length > 1 && parts.every((one) => seriesKey(one.metric, one.tags) !== key),
    ),
  );
}

interface Slices {
  readonly replicates: Map<string, Series[]>;
  rounds: boolean;
}

function slicesByKey(
  intervals: readonly IntervalSummary[],
  wholes: ReadonlyMap<string, unknown>,
): Map<string, Slices> {
  const out = new Map<string, Slices>();
  for (const [index, interval] of intervals.entries()) {
    if (!interval.measured) continue;
    const round = interval.tags['round'];
    for (const one of interval.series) {
      const whole = wholeKey(one);
      const keys = [seriesKey(one.metric, one.tags), ...(wholes.has(whole) ? [whole] : [])];
      for (const key of keys) {
        const slices = out.get(key) ?? { replicates: new Map<string, Series[]>(), rounds: true };
        slices.rounds &&= round !== undefined;
        append(slices.replicates, round ?? `at ${index}`, one);
        out.set(key, slices);
      }
    }
  }
  return out;
}

function joinNeighbours(replicates: Series[][]): Series[][] {
  const width = Math.ceil(replicates.length / maxReplicates);
  if (width <= 1) return replicates;
  const joined: Series[][] = [];
  for (let index = 0; index < replicates.length; index += width)
    joined.push(replicates.slice(index, index + width).flat());
  return joined;
}

function wholeKey(one: Series): string {
  return seriesKey(one.metric, sharedTags(one.tags));
}

function sharedTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([tag]) => kept.includes(tag)));
}

function append<T>(into: Map<string, T[]>, key: string, item: T): void {
  const before = into.get(key);
  if (before === undefined) into.set(key, [item]);
  else before.push(item);
}
