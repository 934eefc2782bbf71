import type { CheckedQuery } from '../check-pattern.ts';
import type { Pattern, PatternOrder } from '../pattern.ts';

/** Whether all of the query's conditions hold. */
export function matches(pattern: Pattern, query: CheckedQuery): boolean {
  const { confidence, usageCount, createdAtMs, updatedAtMs, lastUsedAtMs } = pattern;
  return (
    (query.type === undefined || pattern.type === query.type) &&
    (query.domain === undefined || pattern.domain === query.domain) &&
    !(confidence < (query.minConfidence ?? Number.NEGATIVE_INFINITY)) &&
    !(confidence >= (query.belowConfidence ?? Number.POSITIVE_INFINITY)) &&
    !(createdAtMs < (query.createdFromMs ?? Number.NEGATIVE_INFINITY)) &&
    !(createdAtMs >= (query.createdBeforeMs ?? Number.POSITIVE_INFINITY)) &&
    !(updatedAtMs < (query.updatedFromMs ?? Number.NEGATIVE_INFINITY)) &&
    !(updatedAtMs >= (query.updatedBeforeMs ?? Number.POSITIVE_INFINITY)) &&
    (query.usedFromMs === undefined || (lastUsedAtMs !== null && lastUsedAtMs >= query.usedFromMs)) &&
    (query.unused === undefined || (usageCount === 0) === query.unused)
  );
}

const orderValues = {
  usage: (pattern) => pattern.usageCount,
  confidence: (pattern) => pattern.confidence,
  created: (pattern) => pattern.createdAtMs,
  updated: (pattern) => pattern.updatedAtMs,
  // Never used sorts below any time, as NULL does in SQL.
  used: (pattern) => pattern.lastUsedAtMs ?? Number.NEGATIVE_INFINITY,
} satisfies Record<PatternOrder, (pattern: Pattern) => number>;

/** In the query's order, for sorting. */
export function compareBy({ orderBy, direction }: CheckedQuery): (a: Pattern, b: Pattern) => number {
  const value = orderValues[orderBy];
  const sign = direction === 'descending' ? -1 : 1;
  return (a, b) => {
    const [x, y] = [value(a), value(b)];
    return x === y ? 0 : x < y ? -sign : sign;
  };
}
