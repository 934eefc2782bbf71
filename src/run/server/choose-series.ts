import { seriesKey } from '../../measure/selection.ts';
import { serverPrefix } from '../../model/metrics/server-metrics.ts';
import type { Tags } from '../../model/interval.ts';
import type { ServerSeries } from './read-metrics.ts';

export interface ChoiceOptions {
  /** Names with `*` for any part; empty: all. */
  readonly keep: readonly string[];
  /** Names in targets, with `server.`: kept first, and in any case. */
  readonly wanted: ReadonlySet<string>;
  readonly maxSeries: number;
  /** Names that something else tells. */
  readonly taken: ReadonlySet<string>;
}

/** Chooses which series of a server are kept; one that was chosen stays. */
export interface SeriesChoice {
  readonly choose: (series: readonly ServerSeries[]) => ServerSeries[];
  /** Distinct series that there was no room for, so far. */
  readonly leftOut: () => number;
}

/** A server that makes up ever new series must not fill the memory. */
const mostNoticed = 10_000;
const longestValue = 200;

export function createSeriesChoice({ keep, wanted, maxSeries, taken }: ChoiceOptions): SeriesChoice {
  const kept = new Set<string>();
  const left = new Set<string>();
  const isKept = (name: string): boolean => keep.length === 0 || keep.some((one) => matches(name, one));

  function take(one: ServerSeries): boolean {
    const key = seriesKey(one.name, one.labels);
    if (kept.has(key)) return true;
    if (kept.size < maxSeries) {
      kept.add(key);
      left.delete(key);
      return true;
    }
    if (left.size < mostNoticed) left.add(key);
    return false;
  }

  return {
    choose: (series) => {
      const able = series.filter(
        ({ name, labels }) => isAble(name, labels) && !taken.has(serverPrefix + name),
      );
      const isWanted = ({ name }: ServerSeries): boolean => wanted.has(serverPrefix + name);
      const first = able.filter((one) => isWanted(one) && take(one));
      const others = able.filter((one) => !isWanted(one) && isKept(one.name) && take(one));
      return [...first, ...others];
    },
    leftOut: () => left.size,
  };
}

/** What a result can hold as name and tags. */
function isAble(name: string, labels: Tags): boolean {
  return (
    name.length <= longestValue &&
    Object.entries(labels).every(([label, value]) => Math.max(label.length, value.length) <= longestValue)
  );
}

/** The parts between the stars come in their order: each at its first place, the last at the end. */
function matches(name: string, pattern: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  const last = parts.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last))
    return false;
  let at = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

/** Tags that perfkit gives itself; a server's labels of the same name get the prefix that Prometheus gives them. */
const own: ReadonlySet<string> = new Set(['phase', 'subject', 'concurrency', 'round']);

/** The labels of a series as tags. */
export function tagsOf(labels: Tags): Tags {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [own.has(name) ? `exported_${name}` : name, value]),
  );
}
