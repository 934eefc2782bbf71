/**
 * Adjusted probabilities of several tests, in their order (Holm, Scand. J. Statist. 6, 1979): where those at most alpha
 * are rejected, the chance of a single false rejection among all is at most alpha, however the tests depend on each
 * other.
 */
export function holm(probabilities: readonly number[]): number[] {
  const order = probabilities.map((_, index) => index);
  order.sort((a, b) => (probabilities[a] ?? 0) - (probabilities[b] ?? 0));
  const adjusted = Array.from<number>({ length: probabilities.length }).fill(1);
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (probabilities.length - rank) * (probabilities[index] ?? 1)));
    adjusted[index] = largest;
  }
  return adjusted;
}
