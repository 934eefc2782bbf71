/** Of a step, in parts of the cache for each unit of the logarithm of the two densities' ratio. */
const firstStep = 0.05;
const leastStep = 0.01;
const mostStep = 0.3;
const stepGrowth = 1.3;
const stepDecay = 0.5;
/** Hits that both regions are believed to share evenly, so that a handful of real ones does not move the border far. */
const priorHits = 4;

/** The entries of each region, and the hits that they had since the last step. */
export interface RegionHits {
  /** Evicted from the window so lately that a window larger by so many would have kept them. */
  readonly ghosts: number;
  readonly ghostHits: number;
  readonly probation: number;
  readonly probationHits: number;
  readonly protectedMain: number;
  readonly protectedHits: number;
}

/**
 * Which way to move the border between window and main region, and how far: up the gradient of the hit ratio, which is
 * measured instead of tried out. A place more in the window would bring the hits of one entry that it evicted last,
 * known from their ghosts (as in ARC, Megiddo and Modha, FAST 2003); a place less in the main region would cost the
 * hits of one of its least worthy entries. The step follows the logarithm of the two; it becomes longer while the sign
 * stays and shorter when it changes (as in Rprop, Riedmiller and Braun 1993).
 *
 * Hill climbing on the hit ratio itself (Einziger et al., "Adaptive Software Cache Management", Middleware 2018) was
 * tried first: it needs samples 20 times as long to see a difference above the noise, and lost 8 points where
 * recency counted.
 */
export class WindowClimber {
  #step = firstStep;
  #lastSlope = 0;

  /** How far to move the border, as a part of the cache; above 0 for a larger window. */
  move(seen: RegionHits): number {
    const prior = priorHits / (seen.ghosts + seen.probation);
    const gain = prior + seen.ghostHits / seen.ghosts;
    // Probation is where the next victims come from, but just after the window also what a window would hold.
    const loss =
      prior +
      Math.min(
        seen.probationHits / seen.probation,
        (seen.probationHits + seen.protectedHits) / (seen.probation + seen.protectedMain),
      );
    const slope = Math.log(gain / loss);
    this.#step =
      slope * this.#lastSlope > 0
        ? Math.min(mostStep, this.#step * stepGrowth)
        : Math.max(leastStep, this.#step * stepDecay);
    this.#lastSlope = slope;
    return Math.max(-mostStep, Math.min(mostStep, slope * this.#step));
  }

  reset(): void {
    this.#step = firstStep;
    this.#lastSlope = 0;
  }
}
