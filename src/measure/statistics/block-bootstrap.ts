import type { Random } from '../random.ts';

/**
 * Draws one bootstrap sample of a series in time: counts[i] is how often observation i is in it. Whole blocks of
 * neighbours are drawn, so what hangs together (a stall of some seconds) stays together; the series is closed to a
 * circle, so that its ends count as much as its middle (Politis and Romano 1992; Künsch 1989).
 */
export function drawBlocks(counts: Float64Array, blockLength: number, random: Random): void {
  const n = counts.length;
  counts.fill(0);
  for (let drawn = 0; drawn < n; drawn += blockLength) {
    // hot path
    const length = Math.min(blockLength, n - drawn);
    let index = random.int(n);
    for (let step = 0; step < length; step++) {
      counts[index] = (counts[index] ?? 0) + 1;
      if (++index === n) index = 0;
    }
  }
}

/** Block length that grows as n^(1/3), the best rate for the variance (Hall, Horowitz and Jing 1995). */
export function blockLengthFor(n: number): number {
  return Math.max(1, Math.round(Math.cbrt(n)));
}
