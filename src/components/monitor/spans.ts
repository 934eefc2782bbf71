import type { Span } from './monitor.ts';
import type { SampledTiming } from './instruments.ts';

const maxDepth = 8;

/** A span that is measured into the timing of its name. */
export function startSpan(name: string, timingOf: (name: string) => SampledTiming, now: () => number): Span {
  return new MeasuredSpan(name, 1, timingOf, now);
}

/** Spans are not wanted. */
export const noSpan: Span = { startSpan: () => noSpan, end: () => undefined };

class MeasuredSpan implements Span {
  readonly #name: string;
  readonly #depth: number;
  readonly #timingOf: (name: string) => SampledTiming;
  readonly #now: () => number;
  readonly #timing: SampledTiming;
  readonly #startMs: number;
  #hasEnded = false;

  constructor(name: string, depth: number, timingOf: (name: string) => SampledTiming, now: () => number) {
    this.#name = name;
    this.#depth = depth;
    this.#timingOf = timingOf;
    this.#now = now;
    // A name that is none is told of here, not in the `finally` that ends the span.
    this.#timing = timingOf(name);
    this.#startMs = now();
  }

  startSpan(name: string): Span {
    // A call that calls itself has no end of names.
    if (this.#depth >= maxDepth) return noSpan;
    return new MeasuredSpan(`${this.#name}/${name}`, this.#depth + 1, this.#timingOf, this.#now);
  }

  end(outcome: 'ok' | 'error' = 'ok'): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#timing.record(this.#now() - this.#startMs);
    if (outcome === 'error') this.#timing.fail();
  }
}
