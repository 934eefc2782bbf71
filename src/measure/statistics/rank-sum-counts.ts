/**
 * How many of the equally likely choices of `m` out of the given ranks have each sum: counts[s] of the sum s. Ranks are
 * whole numbers, so middle ranks of ties come doubled. Exact up to the precision of a double (dynamic programming over
 * the ranks; the shift algorithm of Streitberg and Röhmel, 1986).
 */
export function rankSumCounts(ranks: readonly number[], m: number): Float64Array {
  const largest = ranks.toSorted((a, b) => b - a).slice(0, m);
  const width = largest.reduce((sum, rank) => sum + rank, 0) + 1;
  // table[k * width + s]: choices of k ranks that sum to s
  const table = new Float64Array((m + 1) * width);
  table[0] = 1;
  for (const [seen, rank] of ranks.entries()) {
    for (let k = Math.min(m, seen + 1); k >= 1; k--) {
      for (let s = width - 1; s >= rank; s--) {
        const before = table[(k - 1) * width + s - rank] ?? 0;
        if (before > 0) table[k * width + s] = (table[k * width + s] ?? 0) + before;
      }
    }
  }
  return table.slice(m * width);
}

/** Middle ranks (1 is the smallest value), doubled so that they are whole numbers. */
export function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).toSorted((a, b) => a.value - b.value);
  const ranks = Array.from<number>({ length: values.length }).fill(0);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && order[end]?.value === order[start]?.value) end++;
    for (const { index } of order.slice(start, end)) ranks[index] = start + end + 1;
    start = end;
  }
  return ranks;
}
