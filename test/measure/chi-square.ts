/** Pearson's statistic; cells that expect fewer than five are put together, as the approximation needs. */
export function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  let sum = 0;
  let pooledCount = 0;
  let pooledExpected = 0;
  expected.forEach((want, index) => {
    const got = counts[index] ?? 0;
    if (want >= 5) sum += (got - want) ** 2 / want;
    else {
      pooledCount += got;
      pooledExpected += want;
    }
  });
  return pooledExpected >= 5 ? sum + (pooledCount - pooledExpected) ** 2 / pooledExpected : sum;
}

/**
 * The value that the statistic exceeds about once in 100,000 when the model holds (Wilson and Hilferty 1931). The
 * seeds are fixed, so a test that passes once passes always; the limit only has to tell right from wrong.
 */
export function chiSquareLimit(degreesOfFreedom: number): number {
  const z = 4.265;
  const share = 2 / (9 * degreesOfFreedom);
  return degreesOfFreedom * (1 - share + z * Math.sqrt(share)) ** 3;
}
