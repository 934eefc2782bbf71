import type { SampleSeries } from './monitor.ts';

/** The last samples of each metric, in columns of fixed length; a metric that comes later has NaN before. */
export class SampleRing {
  readonly #size: number;
  readonly #maxColumns: number;
  readonly #atMs: Float64Array;
  readonly #columns = new Map<string, Float64Array>();
  readonly #refused = new Set<string>();
  /** Of all samples so far. */
  #count = 0;

  constructor(size: number, maxColumns: number) {
    this.#size = size;
    this.#maxColumns = maxColumns;
    this.#atMs = new Float64Array(size);
  }

  get count(): number {
    return this.#count;
  }

  get kept(): number {
    return Math.min(this.#count, this.#size);
  }

  get columns(): number {
    return this.#columns.size;
  }

  /** Names that were turned away; no more are told apart than there may be columns. */
  get refused(): number {
    return this.#refused.size;
  }

  add(atMs: number, sample: ReadonlyMap<string, number>): void {
    const at = this.#count % this.#size;
    this.#atMs[at] = atMs;
    for (const column of this.#columns.values()) column[at] = NaN;
    for (const [metric, value] of sample) {
      const column = this.#columns.get(metric) ?? this.#addColumn(metric);
      if (column !== null) column[at] = value;
    }
    this.#count++;
  }

  series(metric: string): SampleSeries | null {
    const column = this.#columns.get(metric);
    if (column === undefined) return null;
    const first = this.#count - this.kept;
    const indexes = Array.from({ length: this.kept }, (_, index) => (first + index) % this.#size);
    return {
      atMs: indexes.map((index) => this.#atMs[index] ?? NaN),
      values: indexes.map((index) => column[index] ?? NaN),
    };
  }

  /** Metrics with a value in the last sample. */
  latest(): Record<string, number> {
    const at = (this.#count - 1) % this.#size;
    const found: [string, number][] = [];
    for (const [metric, column] of this.#columns) {
      const value = this.#count === 0 ? NaN : (column[at] ?? NaN);
      if (!Number.isNaN(value)) found.push([metric, value]);
    }
    return Object.fromEntries(found);
  }

  #addColumn(metric: string): Float64Array | null {
    if (this.#columns.size >= this.#maxColumns) {
      if (this.#refused.size < this.#maxColumns) this.#refused.add(metric);
      return null;
    }
    const column = new Float64Array(this.#size).fill(NaN);
    this.#columns.set(metric, column);
    return column;
  }
}
