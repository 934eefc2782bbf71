/**
 * An index that would spare the query its scan or its sort, as SQL, or null when the plan has neither or the query is
 * not of the simple kind that this reads: one table, conditions joined by AND that compare a column with a value.
 *
 * Its columns: those compared with =, then those of ORDER BY, then one range (which can then be tested in the index).
 */
export function suggestIndex(sql: string, plan: readonly string[]): string | null {
  const query = parseQuery(sql);
  if (query === null) return null;
  const scans = plan.some((step) => /^SCAN\b/.test(step));
  const sorts = plan.some((step) => /USE TEMP B-TREE FOR .*ORDER BY/.test(step));
  if (!scans && !sorts) return null;
  const columns = new Map<string, string>();
  for (const column of query.equal) columns.set(column, column);
  for (const { column, descending } of query.order) {
    if (!columns.has(column)) columns.set(column, descending ? `${column} DESC` : column);
  }
  for (const column of query.ranges) {
    if (!columns.has(column)) columns.set(column, column);
    break;
  }
  if (columns.size === 0) return null;
  const name = ['suggested', query.table, ...columns.keys()].join('_');
  return `CREATE INDEX IF NOT EXISTS ${name} ON ${query.table} (${[...columns.values()].join(', ')})`;
}

interface SimpleQuery {
  readonly table: string;
  readonly equal: readonly string[];
  readonly ranges: readonly string[];
  readonly order: readonly { readonly column: string; readonly descending: boolean }[];
}

function parseQuery(sql: string): SimpleQuery | null {
  const text = sql.replace(/\s+/g, ' ').trim();
  const from = /^(?:SELECT .*? FROM|DELETE FROM|UPDATE) (\w+)\b(?! ?,)(.*)$/i.exec(text);
  const [, table, rest] = from ?? [];
  if (table === undefined || rest === undefined) return null;
  if (/\b(?:JOIN|OR|UNION|GROUP BY|SELECT|FROM)\b/i.test(rest)) return null;
  const where = / WHERE (.*?)(?: ORDER BY | LIMIT |$)/i.exec(rest)?.[1] ?? '';
  const order = / ORDER BY (.*?)(?: LIMIT |$)/i.exec(rest)?.[1] ?? '';
  const equal: string[] = [];
  const ranges: string[] = [];
  for (const term of where.split(/ AND /i)) {
    const [, column, operator] =
      /^\(?\+?(\w+) ?(==?|IS|IN|<=?|>=?|BETWEEN)(?= |\?|:|\(|\d|')/i.exec(term) ?? [];
    if (column === undefined || operator === undefined || /^IS NOT/i.test(term.slice(column.length + 1)))
      continue;
    const list = /^(?:==?|IS|IN)$/i.test(operator) ? equal : ranges;
    list.push(column);
  }
  const terms = order === '' ? [] : order.split(',').map((one) => /^ ?(\w+)(?: (ASC|DESC))?$/i.exec(one));
  const sortable: { column: string; descending: boolean }[] = [];
  for (const term of terms) {
    if (term?.[1] === undefined) return null;
    sortable.push({ column: term[1], descending: term[2]?.toUpperCase() === 'DESC' });
  }
  return { table, equal, ranges, order: sortable };
}
