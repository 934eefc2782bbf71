import type { SQLInputValue } from 'node:sqlite';
import type { CheckedQuery } from '../check-pattern.ts';
import type { PatternOrder } from '../pattern.ts';
import { doubtfulBelow, trustedFrom } from './pattern-schema.ts';

export interface SqlQuery {
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
}

export const patternColumns =
  'id, type, domain, confidence, usage_count, created_at, updated_at, last_used_at, body';

const orderColumns = {
  usage: 'usage_count',
  confidence: 'confidence',
  created: 'created_at',
  updated: 'updated_at',
  used: 'last_used_at',
} satisfies Record<PatternOrder, string>;

/**
 * Said to be likely, so that SQLite takes the index that holds these alone. Its statistics have only how many patterns
 * share a use count on average, which is few: it would look this count up in an index on counts, and sort what it finds
 * there, a quarter of all patterns.
 */
const neverUsed = 'likelihood(usage_count = 0, 0.9)';

/**
 * The query as SQL with values as parameters. The conditions of partial indexes are written out where the query's own
 * imply them: SQLite takes such an index only when it finds the condition, a parameter tells it nothing. Not so within
 * a type or domain, whose own indexes are better.
 */
export function patternSql(query: CheckedQuery): SqlQuery {
  const conditions: string[] = [];
  const parameters: SQLInputValue[] = [];
  const add = (condition: string, value: SQLInputValue | undefined): void => {
    if (value === undefined) return;
    conditions.push(condition);
    parameters.push(value);
  };
  const { minConfidence, belowConfidence, unused, orderBy, direction } = query;
  add('type = ?', query.type);
  add('domain = ?', query.domain);
  // The plus keeps SQLite from seeking by confidence and sorting what it finds, which is all of a type: walking an index
  // in the order of the answer and testing confidence there ends at the limit.
  const confidence = orderBy === 'confidence' ? 'confidence' : '+confidence';
  add(`${confidence} >= ?`, minConfidence);
  const anywhere = query.type === undefined && query.domain === undefined;
  if (anywhere && minConfidence !== undefined && minConfidence >= trustedFrom) {
    conditions.push(`confidence >= ${trustedFrom}`);
  }
  add(`${confidence} < ?`, belowConfidence);
  if (anywhere && belowConfidence !== undefined && belowConfidence <= doubtfulBelow) {
    conditions.push(`confidence < ${doubtfulBelow}`);
  }
  add('created_at >= ?', query.createdFromMs);
  add('created_at < ?', query.createdBeforeMs);
  add('updated_at >= ?', query.updatedFromMs);
  add('updated_at < ?', query.updatedBeforeMs);
  add('last_used_at >= ?', query.usedFromMs);
  if (unused !== undefined) conditions.push(unused ? neverUsed : 'usage_count > 0');
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const order = ` ORDER BY ${orderColumns[orderBy]}${direction === 'descending' ? ' DESC' : ''}`;
  return {
    sql: `SELECT ${patternColumns} FROM patterns${where}${order} LIMIT ? OFFSET ?`,
    parameters: [...parameters, query.limit, query.offset],
  };
}
