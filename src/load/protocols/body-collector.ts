import type { BodySink } from './protocol.ts';

const firstBytes = 16 * 1024;
/** A buffer that grew beyond this is given back after its reply. */
const keptBytes = 256 * 1024;

/**
 * A body, put together from the pieces that it comes in. A body in one piece is not copied while the read that brought
 * it lasts; what is unfinished at the end of a read is, since the next one overwrites it. The buffer grows with what
 * has come and not with what a header promises; the parser bounds it.
 */
export class BodyCollector {
  readonly sink: BodySink;
  /** In one piece, in memory of somebody else. */
  #piece: Uint8Array = nothing;
  #buffer: Buffer | null = null;
  #length = 0;

  constructor() {
    this.sink = (bytes, start, end) => this.#add(bytes, start, end);
  }

  restart(): void {
    this.#piece = nothing;
    this.#length = 0;
    if (this.#buffer !== null && this.#buffer.length > keptBytes) this.#buffer = null;
  }

  /** The memory of the pieces so far is about to be overwritten. */
  settle(): void {
    if (this.#piece.length === 0) return;
    const piece = this.#piece;
    this.#piece = nothing;
    this.#append(piece);
  }

  /** Valid until the next call of another method. */
  body(): Uint8Array {
    if (this.#length === 0) return this.#piece;
    this.settle();
    return this.#buffer?.subarray(0, this.#length) ?? nothing;
  }

  #add(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    const piece = bytes.subarray(start, end);
    if (this.#length === 0 && this.#piece.length === 0) {
      this.#piece = piece;
      return;
    }
    this.settle();
    this.#append(piece);
  }

  #append(piece: Uint8Array): void {
    const needed = this.#length + piece.length;
    if (this.#buffer === null || this.#buffer.length < needed) {
      const grown = Buffer.allocUnsafeSlow(Math.max(firstBytes, needed, (this.#buffer?.length ?? 0) * 2));
      if (this.#buffer !== null) grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(piece, this.#length);
    this.#length = needed;
  }
}

const nothing = new Uint8Array(0);
