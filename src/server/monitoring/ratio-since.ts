/** Of totals that only grow: the part of what was added since it was last asked for. */
export interface RatioSince {
  /** NaN while fewer than `fewest` were added; those then count for the next time. */
  readonly take: (part: number, whole: number) => number;
}

export function createRatioSince(fewest: number): RatioSince {
  let partBefore = 0;
  let wholeBefore = 0;
  return {
    take(part, whole) {
      const added = whole - wholeBefore;
      if (added < fewest || added <= 0) return NaN;
      const ratio = (part - partBefore) / added;
      partBefore = part;
      wholeBefore = whole;
      return ratio;
    },
  };
}
