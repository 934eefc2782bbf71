/** Records to compare with each other, as unit vectors of `dimensions` numbers in a row. */
export interface HeavyJob {
  readonly vectors: Float32Array;
  readonly dimensions: number;
}

/** Task: the pair of different records that are most alike, by comparing all. O(records^2). */
export function findLikest({ vectors, dimensions }: HeavyJob): readonly [number, number] {
  const records = vectors.length / dimensions;
  let best: readonly [number, number] = [0, 0];
  let highest = -Infinity;
  for (let first = 0; first < records; first++) {
    for (let second = first + 1; second < records; second++) {
      let likeness = 0;
      for (let place = 0; place < dimensions; place++) {
        likeness += (vectors[first * dimensions + place] ?? 0) * (vectors[second * dimensions + place] ?? 0);
      }
      if (likeness <= highest) continue;
      highest = likeness;
      best = [first, second];
    }
  }
  return best;
}
