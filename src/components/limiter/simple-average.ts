import { positiveInteger } from '../internal/option-checks.ts';
import type { MovingAverage } from './exponential-average.ts';

/** The mean of the last `size` values. O(1) to add; its error does not grow with the number of values added. */
export function createSimpleAverage(size: number): MovingAverage {
  const values = new Float64Array(positiveInteger('size', size));
  let [count, next, sum] = [0, 0, 0];
  return {
    add(value) {
      if (count === size) sum -= values[next] ?? 0;
      else count++;
      values[next] = value;
      sum += value;
      next = (next + 1) % size;
      // Adding and taking away leaves rounding errors behind, and a NaN for ever: once around, add up anew.
      if (next === 0) sum = values.reduce((total, each) => total + each, 0);
    },
    get value() {
      return count === 0 ? NaN : sum / count;
    },
  };
}
