import { seriesKey } from '../measure/selection.ts';
import { seriesTags } from './totals.ts';
import type { Interval } from '../model/interval.ts';
import type { ErrorSummary } from '../model/result.ts';

/** Classes (with their tags) that are told apart; a server that makes up new ones must not fill the memory. */
const maxErrorClasses = 200;

/** Adds failures up by class and tags, each with its first example. */
export interface ErrorTotals {
  readonly add: (interval: Interval) => void;
  /** The most frequent first. What came after the first 200 classes is one class, `other`, which says so. */
  readonly summaries: () => ErrorSummary[];
}

export function createErrorTotals(): ErrorTotals {
  const known = new Map<string, Counted>();
  let rest: Counted | null = null;
  return {
    add: (interval) => {
      for (const slice of interval.errors) {
        const error = { ...slice, tags: seriesTags(interval.tags, slice.tags) };
        const key = seriesKey(error.class, error.tags);
        const found = known.get(key);
        if (found !== undefined) found.count += error.count;
        else if (known.size < maxErrorClasses) known.set(key, error);
        else if (rest === null) rest = restStartingWith(error);
        else rest.count += error.count;
      }
    },
    summaries: () =>
      [...known.values(), ...(rest === null ? [] : [rest])]
        .map((error) => ({ ...error }))
        .toSorted((a, b) => b.count - a.count),
  };
}

interface Counted extends ErrorSummary {
  count: number;
}

function restStartingWith({ class: name, count, example }: ErrorSummary): Counted {
  const why = `only the first ${maxErrorClasses} classes of errors are told apart; the first of the others was ${name}: ${example}`;
  return { class: 'other', tags: {}, count, example: why };
}
