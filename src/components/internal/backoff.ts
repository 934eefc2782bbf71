import { delayMs, expected } from './option-checks.ts';

/** How long to wait before the next attempt. */
export interface BackoffOptions {
  /** Before the second attempt. */
  readonly initialMs?: number;
  /** Never longer than this, jitter included. */
  readonly maxMs?: number;
  /** Each wait is so many times the one before, at least 1. @default 2 */
  readonly factor?: number;
  /** Each wait is changed by up to this part of it at random, 0 to 1, so that clients do not come back together. @default 0.2 */
  readonly jitter?: number;
}

export type Backoff = Required<BackoffOptions>;

/** Every default filled in, every value checked; `name` is that of the option. */
export function backoffSettings(
  name: string,
  given: BackoffOptions,
  defaults: { readonly initialMs: number; readonly maxMs: number },
): Backoff {
  const initialMs = delayMs(`${name}.initialMs`, given.initialMs ?? defaults.initialMs);
  const maxMs = delayMs(`${name}.maxMs`, given.maxMs ?? Math.max(defaults.maxMs, initialMs));
  if (maxMs < initialMs) {
    throw new RangeError(expected(`${name}.maxMs`, `at least initialMs (${initialMs})`, maxMs));
  }
  const factor = given.factor ?? 2;
  if (!(Number.isFinite(factor) && factor >= 1)) {
    throw new RangeError(expected(`${name}.factor`, 'a number of at least 1', factor));
  }
  return { initialMs, maxMs, factor, jitter: fraction(`${name}.jitter`, given.jitter ?? 0.2) };
}

/** The wait after `failures` failed attempts (from 1): initialMs * factor^(failures - 1), jittered, at most maxMs. */
export function backoffMs(
  { initialMs, maxMs, factor, jitter }: Backoff,
  failures: number,
  random: () => number,
): number {
  const waitMs = initialMs === 0 ? 0 : Math.min(maxMs, initialMs * factor ** (failures - 1));
  return Math.min(maxMs, waitMs * (1 + jitter * (2 * random() - 1)));
}

/** The value if it is a number from 0 to 1. */
export function fraction(name: string, value: unknown): number {
  if (typeof value !== 'number') throw new TypeError(expected(name, 'a number from 0 to 1', value));
  if (!(value >= 0 && value <= 1)) throw new RangeError(expected(name, 'a number from 0 to 1', value));
  return value;
}
