import type { ServerResponse } from 'node:http';

/** Counts what was handed to connections and not yet taken by the operating system: what slow readers hold in memory. */
export class PendingBytes {
  readonly max: number;
  #bytes = 0;

  constructor(max: number) {
    this.max = max;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether so many more are within the bound; short replies always are, for errors must come through. */
  takes(bytes: number): boolean {
    return bytes <= 4_096 || this.#bytes + bytes <= this.max;
  }

  /** They count until the response is handed over in whole, or its connection ends. */
  add(bytes: number, response: ServerResponse): void {
    this.#bytes += bytes;
    let counted = true;
    const end = (): void => {
      if (!counted) return;
      counted = false;
      this.#bytes -= bytes;
    };
    response.once('finish', end);
    response.once('close', end);
  }
}
