import { incompleteBeta } from './beta.ts';

/** Distribution function of Student's t with `degrees` of freedom (any number above 0). */
export function studentCdf(t: number, degrees: number): number {
  if (!(degrees > 0)) throw new RangeError(`Expected \`degrees\` to be above 0, got \`${degrees}\``);
  if (Number.isNaN(t)) return NaN;
  if (t === Infinity || t === -Infinity) return t > 0 ? 1 : 0;
  const tail = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** The t that stays below with probability `p`. */
export function studentQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`Expected \`p\` to be between 0 and 1, got \`${p}\``);
  if (p > 0.5) return -studentQuantile(1 - p, degrees);
  if (p === 0.5) return 0;
  let low = -1;
  while (studentCdf(low, degrees) > p && low > -1e300) low *= 2;
  let high = low === -1 ? 0 : low / 2;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (studentCdf(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
