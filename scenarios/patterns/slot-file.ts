import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';

const headerBytes = 4;

/**
 * Places of one size in a scratch file, by number: read or written with one call of the operating system, whose page
 * cache has what is used often. Nothing outlives the process: the file is made anew, and goes at `close`.
 */
export class SlotFile {
  readonly #path: string;
  readonly #file: number;
  readonly #slotBytes: number;
  readonly #buffer: Buffer;
  readonly #free: number[] = [];
  #slots = 0;

  constructor(path: string, slotBytes: number) {
    this.#path = path;
    this.#slotBytes = slotBytes;
    this.#buffer = Buffer.allocUnsafeSlow(slotBytes);
    rmSync(path, { force: true });
    this.#file = openSync(path, 'wx+');
  }

  /** Longest content. */
  get mostBytes(): number {
    return this.#slotBytes - headerBytes;
  }

  take(): number {
    return this.#free.pop() ?? this.#slots++;
  }

  release(slot: number): void {
    this.#free.push(slot);
  }

  /** `fill` writes at most `mostBytes` from `at` on and gives where they end. Throws what the file system does. */
  write(slot: number, fill: (buffer: Buffer, at: number) => number): void {
    const end = fill(this.#buffer, headerBytes);
    this.#buffer.writeUInt32LE(end - headerBytes, 0);
    const from = slot * this.#slotBytes;
    for (let done = 0; done < end;) {
      done += writeSync(this.#file, this.#buffer, done, end - done, from + done);
    }
  }

  /** What was written last; good until the next call. Throws what the file system does. */
  read(slot: number): Buffer {
    const read = readSync(this.#file, this.#buffer, 0, this.#slotBytes, slot * this.#slotBytes);
    const end = read < headerBytes ? Infinity : headerBytes + this.#buffer.readUInt32LE(0);
    if (end > read) throw new Error(`Expected slot ${slot} of ${this.#path} to be whole, got ${read} bytes`);
    return this.#buffer.subarray(headerBytes, end);
  }

  close(): void {
    closeSync(this.#file);
    rmSync(this.#path, { force: true });
  }
}
