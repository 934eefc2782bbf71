/** The mean of what came since it was last asked for. */
export interface MeanSince {
  readonly add: (value: number) => void;
  /** Starts anew; null when nothing came. */
  readonly take: () => number | null;
}

export function createMeanSince(): MeanSince {
  let sum = 0;
  let count = 0;
  return {
    add(value) {
      sum += value;
      count++;
    },
    take() {
      const mean = count === 0 ? null : sum / count;
      sum = 0;
      count = 0;
      return mean;
    },
  };
}
