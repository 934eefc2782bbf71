/** The standard deviation of a sample (divided by n - 1), by Welford's method (1962); NaN for fewer than two values. */
export function standardDeviation(values: Iterable<number>): number {
  let [count, mean, squares] = [0, 0, 0];
  for (const value of values) {
    count++;
    const delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }
  return count < 2 ? NaN : Math.sqrt(squares / (count - 1));
}
