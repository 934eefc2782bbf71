export interface Scored {
  readonly index: number;
  readonly score: number;
}

/** The k highest scores of a stream, in a min-heap of k. Of equal scores the one offered first stays. */
export class TopK {
  readonly #indexes: Int32Array;
  readonly #scores: Float64Array;
  #size = 0;

  constructor(k: number) {
    this.#indexes = new Int32Array(k);
    this.#scores = new Float64Array(k);
  }

  /** O(1) for most, O(log k) for one that gets in. */
  offer(index: number, score: number): void {
    // hot path
    if (this.#size < this.#scores.length) this.#rise(this.#size++, index, score);
    else if (this.#size > 0 && score > this.#scores[0]!) this.#sink(index, score);
  }

  /** Best first. */
  sorted(): Scored[] {
    const all = Array.from({ length: this.#size }, (_, at) => ({
      index: this.#indexes[at]!,
      score: this.#scores[at]!,
    }));
    return all.toSorted((a, b) => b.score - a.score || a.index - b.index);
  }

  #rise(from: number, index: number, score: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#scores[parent]! <= score) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#scores[at] = score;
    this.#indexes[at] = index;
  }

  /** In place of the lowest. */
  #sink(index: number, score: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#scores[child + 1]! < this.#scores[child]!) child++;
      if (this.#scores[child]! >= score) break;
      this.#move(child, at);
      at = child;
    }
    this.#scores[at] = score;
    this.#indexes[at] = index;
  }

  #move(from: number, to: number): void {
    this.#scores[to] = this.#scores[from]!;
    this.#indexes[to] = this.#indexes[from]!;
  }
}
