/** The shorter of two times to live in milliseconds, of which 0 is for ever. */
export function shorterTtl(oneMs: number, otherMs: number): number {
  if (oneMs === 0) return otherMs;
  return otherMs === 0 ? oneMs : Math.min(oneMs, otherMs);
}
