import { readSync } from 'node:fs';

const windowBytes = 256 * 1024;

/**
 * Bytes of a file by their place, through one window that moves. The system reads ahead of a reader that goes on in
 * order and keeps what was read before, so that a move is a copy from memory (some 20 us for 256 KiB).
 */
export class FileWindow {
  readonly size: number;
  readonly #file: number;
  readonly #buffer: Buffer;
  #start = 0;
  #length = 0;

  constructor(file: number, size: number) {
    this.#file = file;
    this.size = size;
    this.#buffer = Buffer.allocUnsafeSlow(Math.min(windowBytes, Math.max(1, size)));
  }

  /** bytes[from..from + bytes) or up to the end of the file; valid until the next call. At most 256 KiB. */
  at(from: number, bytes: number): Uint8Array {
    const end = Math.min(this.size, from + bytes);
    if (from < this.#start || end > this.#start + this.#length) this.#move(from);
    return this.#buffer.subarray(from - this.#start, Math.min(this.#length, end - this.#start));
  }

  #move(from: number): void {
    this.#start = from;
    this.#length = 0;
    while (this.#length < this.#buffer.length) {
      const read = readSync(
        this.#file,
        this.#buffer,
        this.#length,
        this.#buffer.length - this.#length,
        from + this.#length,
      );
      if (read === 0) break;
      this.#length += read;
    }
  }
}
