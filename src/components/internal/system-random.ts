import { randomInt } from 'node:crypto';

const steps = 2 ** 47;

/** A number in [0, 1) from the operating system's generator: the default where a component spreads times at random. */
export function systemRandom(): number {
  return randomInt(steps) / steps;
}
