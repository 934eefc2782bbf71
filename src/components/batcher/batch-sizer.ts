import { delayMs, expected, positiveInteger } from '../internal/option-checks.ts';

export interface AdaptiveOptions {
  /** The handler is to take about so long for a batch. */
  readonly targetMs: number;
  /** The limit starts here and never falls below. @default 1 */
  readonly minBatchSize?: number;
  /** Added to the limit after a full batch within the target. @default a twentieth of maxBatchSize */
  readonly increase?: number;
  /** The limit times this after a batch over the target, between 0 and 1. @default 0.9 */
  readonly decrease?: number;
}

export type Adaptive = Required<AdaptiveOptions>;

/** How many items a batch may have at the moment. */
export interface BatchSizer {
  readonly limit: number;
  /** A call of the handler that ended well. */
  observe(items: number, handlerMs: number): void;
}

/**
 * Additive increase, multiplicative decrease on the handler's time (as Clipper, NSDI 2017): the limit probes upward
 * while the handler keeps its target, and gives way at once when it does not. A batch that was not full tells nothing
 * about larger ones and does not raise the limit.
 */
export function createBatchSizer(maxBatchSize: number, adaptive: Adaptive | null): BatchSizer {
  if (adaptive === null) return { limit: maxBatchSize, observe: () => undefined };
  const { targetMs, minBatchSize, increase, decrease } = adaptive;
  let size = minBatchSize;
  return {
    get limit() {
      return Math.floor(size);
    },
    observe(items, handlerMs) {
      if (handlerMs > targetMs) size = Math.max(minBatchSize, size * decrease);
      else if (items >= Math.floor(size)) size = Math.min(maxBatchSize, size + increase);
    },
  };
}

/** Every default filled in, every value checked. */
export function adaptiveSettings(given: AdaptiveOptions, maxBatchSize: number): Adaptive {
  const decrease = given.decrease ?? 0.9;
  if (!(decrease > 0 && decrease < 1)) {
    throw new RangeError(expected('adaptive.decrease', 'a number between 0 and 1', decrease));
  }
  return {
    targetMs: delayMs('adaptive.targetMs', given.targetMs),
    minBatchSize: positiveInteger('adaptive.minBatchSize', given.minBatchSize ?? 1, maxBatchSize),
    increase: positiveInteger(
      'adaptive.increase',
      given.increase ?? Math.max(1, Math.round(maxBatchSize / 20)),
    ),
    decrease,
  };
}
