import type { FigureTotals } from './figure-totals.ts';

export interface TotalsAt {
  /** Of a monotonic clock. */
  readonly atMs: number;
  readonly totals: FigureTotals;
}

/** The latest totals, oldest first, as many as a window has seconds; more would be of no use. */
export class TotalHistory {
  readonly #most: number;
  #kept: TotalsAt[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add(one: TotalsAt): void {
    this.#kept.push(one);
    if (this.#kept.length > this.#most) this.#kept.shift();
  }

  /** The earliest kept that is no older than `atMs`; null when nothing is kept. */
  since(atMs: number): TotalsAt | null {
    return this.#kept.find((one) => one.atMs >= atMs) ?? this.#kept.at(-1) ?? null;
  }
}
