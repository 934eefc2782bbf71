/** Confidence from which a pattern is trusted, and below which it is up for removal: what two partial indexes hold. */
export const trustedFrom = 0.8;
export const doubtfulBelow = 0.3;

export const patternTable = `CREATE TABLE IF NOT EXISTS patterns (
  id TEXT NOT NULL PRIMARY KEY,
  type TEXT NOT NULL,
  domain TEXT NOT NULL,
  confidence REAL NOT NULL,
  usage_count INTEGER NOT NULL,
  created_at REAL NOT NULL,
  updated_at REAL NOT NULL,
  last_used_at REAL,
  body BLOB NOT NULL
) STRICT`;

/**
 * By name, what each index is on. An equality comes first, then the order, so a query with a limit reads little more
 * than it returns. Updates change confidence and times much more often than anything else, and every index that holds a
 * changed column costs two random pages: hence a single full index on confidence, one on the time of the update, and
 * partial ones, which cost only the rows they hold.
 */
export const patternIndexes = {
  // The best known: type =, order by usage, confidence tested in the row.
  patterns_usage: '(usage_count DESC)',
  patterns_type_usage: '(type, usage_count DESC)',
  patterns_domain_usage: '(domain, usage_count DESC)',
  patterns_domain_type_usage: '(domain, type, usage_count DESC)',
  // The surest of a type.
  patterns_type_confidence_usage: '(type, confidence DESC, usage_count DESC)',
  // By time.
  patterns_created: '(created_at DESC)',
  patterns_type_created: '(type, created_at DESC)',
  patterns_domain_created: '(domain, created_at DESC)',
  patterns_updated: '(updated_at DESC)',
  // Filtered: only the rows that such a query can return.
  patterns_used: '(last_used_at DESC) WHERE last_used_at IS NOT NULL',
  patterns_trusted: `(confidence DESC) WHERE confidence >= ${trustedFrom}`,
  patterns_trusted_usage: `(usage_count DESC) WHERE confidence >= ${trustedFrom}`,
  patterns_doubtful: `(updated_at) WHERE confidence < ${doubtfulBelow}`,
  patterns_unused: '(type, created_at) WHERE usage_count = 0',
} as const;

export function createIndexesSql(): string {
  return Object.entries(patternIndexes)
    .map(([name, on]) => `CREATE INDEX IF NOT EXISTS ${name} ON patterns ${on};`)
    .join('\n');
}

export function dropIndexesSql(): string {
  return Object.keys(patternIndexes)
    .map((name) => `DROP INDEX IF EXISTS ${name};`)
    .join('\n');
}
