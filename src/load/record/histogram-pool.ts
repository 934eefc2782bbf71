import { Histogram } from '../../measure/histogram.ts';

/** Histograms for one interval after another: their memory (132 KiB each) is used again, not allocated each second. */
export class HistogramPool {
  readonly #free: Histogram[] = [];

  /** Make histograms now rather than while a request is being recorded. */
  reserve(count: number): void {
    while (this.#free.length < count) this.#free.push(new Histogram());
  }

  take(): Histogram {
    return this.#free.pop() ?? new Histogram();
  }

  /** Hand back, to be emptied. */
  give(histogram: Histogram): void {
    histogram.reset();
    this.#free.push(histogram);
  }

  destroy(): void {
    for (const histogram of this.#free) histogram.destroy();
    this.#free.length = 0;
  }
}
